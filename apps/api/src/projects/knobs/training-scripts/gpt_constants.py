# As nanoGPT's train.py: constants with remarks, a second file that may override them, counters further down.
# found: out_dir="out" eval_interval=2000 eval_only=false init_from="scratch" wandb_log=false dataset="openwebtext"
# found: gradient_accumulation_steps=40 batch_size=12 block_size=1024 n_layer=12 dropout=0 bias=false
# found: learning_rate=0.0006 max_iters=600000 weight_decay=0.1 beta2=0.95 grad_clip=1 decay_lr=true
# found: warmup_iters=2000 min_lr=0.00006 backend="nccl" device="cuda" compile=true
# missed: dtype=bfloat16 (an expression)
import os

import torch

# I/O
out_dir = 'out'
eval_interval = 2000
eval_only = False # leave after the first evaluation
init_from = 'scratch' # 'scratch' or 'resume' or 'gpt2'
wandb_log = False
# data
dataset = 'openwebtext'
gradient_accumulation_steps = 40
batch_size = 12
block_size = 1024
# model
n_layer = 12
dropout = 0.0 # for finetuning try 0.1+
bias = False
# optimizer
learning_rate = 6e-4
max_iters = 600_000
weight_decay = 1e-1
beta2 = 0.95
grad_clip = 1.0
decay_lr = True
warmup_iters = 2000
min_lr = 6e-5
# system
backend = 'nccl' # 'nccl', 'gloo', etc.
device = 'cuda' # examples: 'cpu', 'cuda', 'cuda:0', or try 'mps' on macbooks
dtype = 'bfloat16' if torch.cuda.is_available() else 'float16'
compile = True
config_keys = [k for k, v in globals().items() if not k.startswith('_') and isinstance(v, (int, float, bool, str))]
exec(open('configurator.py').read())

iter_num = 0
best_val_loss = 1e9
if init_from == 'scratch':
    print('a new model')
elif init_from == 'resume':
    iter_num = torch.load(os.path.join(out_dir, 'ckpt.pt'))['iter_num']
while iter_num <= max_iters:
    if iter_num % eval_interval == 0:
        losses = {'val': 2.0}
        best_val_loss = min(best_val_loss, losses['val'])
    iter_num += 1

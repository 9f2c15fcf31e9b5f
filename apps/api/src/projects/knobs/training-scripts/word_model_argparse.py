# As pytorch/examples' word_language_model: a parser at the top, one more constant, a rate that is divided later.
# found: data="./data/wikitext-2" model="LSTM" emsize=200 nhid=200 nlayers=2 lr=20 clip=0.25 epochs=40 batch_size=20
# found: bptt=35 dropout=0.2 tied=false seed=1111 cuda=false log_interval=200 save="model.pt" eval_batch_size=10
# missed: best_val_loss=None (no value)
import argparse

import torch

parser = argparse.ArgumentParser(description='PyTorch Wikitext-2 RNN/LSTM/GRU/Transformer Language Model')
parser.add_argument('--data', type=str, default='./data/wikitext-2', help='location of the data corpus')
parser.add_argument('--model', type=str, default='LSTM',
                    help='type of network (RNN_TANH, RNN_RELU, LSTM, GRU, Transformer)')
parser.add_argument('--emsize', type=int, default=200)
parser.add_argument('--nhid', type=int, default=200)
parser.add_argument('--nlayers', type=int, default=2)
parser.add_argument('--lr', type=float, default=20, help='initial learning rate')
parser.add_argument('--clip', type=float, default=0.25)
parser.add_argument('--epochs', type=int, default=40)
parser.add_argument('--batch_size', type=int, default=20, metavar='N')
parser.add_argument('--bptt', type=int, default=35)
parser.add_argument('--dropout', type=float, default=0.2)
parser.add_argument('--tied', action='store_true')
parser.add_argument('--seed', type=int, default=1111)
parser.add_argument('--cuda', action='store_true', default=False)
parser.add_argument('--log-interval', type=int, default=200, metavar='N')
parser.add_argument('--save', type=str, default='model.pt')
args = parser.parse_args()

torch.manual_seed(args.seed)
eval_batch_size = 10
if args.model == 'Transformer':
    print('attention')
lr = args.lr
best_val_loss = None
for epoch in range(1, args.epochs + 1):
    val_loss = 1 / epoch
    if not best_val_loss or val_loss < best_val_loss:
        best_val_loss = val_loss
    else:
        lr /= 4.0

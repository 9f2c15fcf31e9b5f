# As fastai's train_imagenette.py: a function that fastcore makes a command of, which is not read.
# found: none
# missed: lr=0.01 size=128 epochs=5 bs=64 mixup=0 (call_parse)
from fastai.basics import *
from fastai.vision.all import *
from fastcore.script import *

torch.backends.cudnn.benchmark = True
fastprogress.MAX_COLS = 80


@call_parse
def main(
    woof:  Param("Use imagewoof (otherwise imagenette)", int)=0,
    lr:    Param("Learning rate", float)=1e-2,
    size:  Param("Size (px: 128,192,256)", int)=128,
    epochs:Param("Number of epochs", int)=5,
    bs:    Param("Batch size", int)=64,
    mixup: Param("Mixup", float)=0.,
    opt:   Param("Optimizer (adam,rms,sgd,ranger)", str)='ranger',
):
    "Training of Imagenette."
    if opt == 'adam': opt_func = Adam
    elif opt == 'ranger': opt_func = ranger
    learn = Learner(get_dls(size, woof, bs), xresnet50(n_out=10), opt_func=opt_func)
    learn.fit_flat_cos(epochs, lr, wd=1e-2)

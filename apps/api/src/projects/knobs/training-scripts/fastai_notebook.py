# As a fastai lesson turned into a script: nearly everything is a literal in a call.
# found: bs=64 lr=0.002
# missed: size=224 (a literal in a call) epochs=3 (a literal in a call)
from fastai.vision.all import *

path = untar_data(URLs.PETS) / 'images'
bs, lr = 64, 2e-3


def is_cat(x):
    return x[0].isupper()


dls = ImageDataLoaders.from_name_func(
    path, get_image_files(path), valid_pct=0.2, seed=42, bs=bs,
    label_func=is_cat, item_tfms=Resize(224))

learn = vision_learner(dls, resnet34, metrics=error_rate)
learn.fine_tune(3, lr)

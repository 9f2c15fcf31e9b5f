# As this program's own examples: mle.param, and the environment without mle.py.
# found: learning_rate=0.01 activation="tanh" depth=2 width=16 noise=0.05
# missed: seed=0 (the run's own seed)
import os
import random

import mle

learning_rate = mle.param("learning_rate", 0.01)
activation = mle.param("activation", "tanh", choices=["tanh", "relu"])
depth = int(os.environ.get("MLE_PARAM_DEPTH", 2))
width = 16
noise = 0.05
seed = int(os.environ.get("MLE_SEED", 0))
random.seed(seed)
mle.log(loss=learning_rate * depth)

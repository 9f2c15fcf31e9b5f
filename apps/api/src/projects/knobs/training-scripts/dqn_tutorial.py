# As PyTorch's DQN tutorial: constants in capitals, a counter that a function counts.
# found: BATCH_SIZE=128 GAMMA=0.99 EPS_START=0.9 EPS_END=0.01 EPS_DECAY=2500 TAU=0.005 LR=0.0003
# missed: num_episodes=600 (assigned in two branches)
import math
import random

import torch

# BATCH_SIZE is the number of transitions sampled from the replay buffer
# GAMMA is the discount factor as mentioned in the previous section
BATCH_SIZE = 128
GAMMA = 0.99
EPS_START = 0.9
EPS_END = 0.01
EPS_DECAY = 2500
TAU = 0.005
LR = 3e-4

steps_done = 0


def select_action(state):
    global steps_done
    sample = random.random()
    eps_threshold = EPS_END + (EPS_START - EPS_END) * math.exp(-1. * steps_done / EPS_DECAY)
    steps_done += 1
    return sample > eps_threshold


if torch.cuda.is_available() or torch.backends.mps.is_available():
    num_episodes = 600
else:
    num_episodes = 50

for i_episode in range(num_episodes):
    select_action(None)

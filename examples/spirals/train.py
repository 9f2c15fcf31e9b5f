"""Two spirals: a border that winds needs more than one hidden layer."""
import math
import os
import random

from nets.deep import DeepNetwork

learning_rate = float(os.environ.get("MLE_PARAM_LEARNING_RATE", 0.01))
width = 16
depth = int(os.environ.get("MLE_PARAM_DEPTH", 2))
batch_size = 16
epochs = 120
turns = 1.75
noise = 0.05
seed = int(os.environ.get("MLE_SEED", 0))

random.seed(seed)


def spirals(n):
    for i in range(n):
        r = 0.1 + 0.9 * math.sqrt(random.random())
        a = 2 * math.pi * turns * r + math.pi * (i % 2)
        yield (3 * (r * math.cos(a) + random.gauss(0, noise)),
               3 * (r * math.sin(a) + random.gauss(0, noise))), i % 2


train, test = list(spirals(400)), list(spirals(400))
net = DeepNetwork([2] + [width] * depth + [1])

for epoch in range(1, epochs + 1):
    random.shuffle(train)
    for i in range(0, len(train), batch_size):
        net.step(train[i:i + batch_size], learning_rate)
    loss, _ = net.evaluate(train)
    val_loss, accuracy = net.evaluate(test)
    # A line "#name x y" is a point of the chart with that name.
    print(f"#loss {epoch} {loss:.4f}")
    print(f"#val_loss {epoch} {val_loss:.4f}")
    print(f"#accuracy {epoch} {accuracy:.3f}", flush=True)

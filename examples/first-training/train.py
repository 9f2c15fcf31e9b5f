"""A small neural network learns two moons. Plain Python."""
import math
import os
import random
import time

from nets.network import Network
from nets.picture import save_boundary

learning_rate = 0.5
hidden = 16
batch_size = 32
epochs = 40
activation = "tanh"   # or "relu"
noise = 0.25
pause = 0.5   # seconds after each epoch, to watch it learn; 0 is full speed
seed = int(os.environ.get("MLE_SEED", 0))

random.seed(seed)


def moons(n):
    for i in range(n):
        a = math.pi * random.random()
        x, y = math.cos(a), math.sin(a)
        if i % 2:
            x, y = 1 - x, 0.5 - y
        yield (x + random.gauss(0, noise),
               y + random.gauss(0, noise)), i % 2


train, test = list(moons(800)), list(moons(400))
net = Network(2, hidden, activation)
pictures = os.environ.get("MLE_OUTPUT_DIR", ".")

for epoch in range(1, epochs + 1):
    random.shuffle(train)
    for i in range(0, len(train), batch_size):
        net.step(train[i:i + batch_size], learning_rate)
    loss, _ = net.evaluate(train)
    val_loss, accuracy = net.evaluate(test)
    print(f"epoch {epoch} loss={loss:.4f} "
          f"val_loss={val_loss:.4f} accuracy={accuracy:.3f}", flush=True)
    if epoch % 2 == 0:
        save_boundary(os.path.join(pictures, f"boundary-{epoch}.png"), net, test)
    time.sleep(pause)

net.save("model.json")

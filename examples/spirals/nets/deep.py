"""A network of any depth with tanh units, trained by Adam."""
import math
import random

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


class DeepNetwork:
    """Tells two classes apart: the output is the probability of class 1."""

    def __init__(self, sizes):
        # One row per unit: its weights, then its bias.
        self.layers = [[[random.gauss(0, math.sqrt(1 / n)) for _ in range(n)] + [0.0] for _ in range(m)]
                       for n, m in zip(sizes, sizes[1:])]
        self.means = zeros_like(self.layers)
        self.squares = zeros_like(self.layers)
        self.steps = 0

    def forward(self, x):
        """The values of every layer for one point; the last one is the sum before the sigmoid."""
        values = [list(x)]
        for layer in self.layers:
            sums = [row[-1] + sum(w * v for w, v in zip(row, values[-1])) for row in layer]
            values.append([math.tanh(s) for s in sums] if layer is not self.layers[-1] else sums)
        return values

    def step(self, batch, learning_rate):
        """One step of Adam along the mean gradient of a batch of (point, class)."""
        gradients = zeros_like(self.layers)
        for x, target in batch:
            values = self.forward(x)
            errors = [sigmoid(values[-1][0]) - target]
            for k in range(len(self.layers) - 1, -1, -1):
                before = [0.0] * len(values[k])
                for error, row, sums in zip(errors, self.layers[k], gradients[k]):
                    for i, v in enumerate(values[k]):
                        sums[i] += error * v
                        before[i] += error * row[i]
                    sums[-1] += error
                errors = [b * (1 - v * v) for b, v in zip(before, values[k])]
        self.steps += 1
        # The running means begin at zero and are too small at first.
        rate = learning_rate * math.sqrt(1 - BETA_2 ** self.steps) / (1 - BETA_1 ** self.steps)
        for layer, sums, means, squares in zip(self.layers, gradients, self.means, self.squares):
            for row, g_row, m_row, s_row in zip(layer, sums, means, squares):
                for i, g in enumerate(g_row):
                    g /= len(batch)
                    m_row[i] += (1 - BETA_1) * (g - m_row[i])
                    s_row[i] += (1 - BETA_2) * (g * g - s_row[i])
                    row[i] -= rate * m_row[i] / (math.sqrt(s_row[i]) + EPSILON)

    def evaluate(self, points):
        """The mean loss and the share of the points that are told right."""
        loss = right = 0
        for x, target in points:
            p = sigmoid(self.forward(x)[-1][0])
            loss -= math.log(max(p if target else 1 - p, 1e-12))
            right += (p > 0.5) == bool(target)
        return loss / len(points), right / len(points)


def zeros_like(layers):
    return [[[0.0] * len(row) for row in layer] for layer in layers]


def sigmoid(s):
    if s < -60:
        return 0.0
    return 1 / (1 + math.exp(-s))

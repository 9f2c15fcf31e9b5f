"""A network with one hidden layer and one output, trained by gradient descent."""
import json
import math
import random


class Network:
    """Tells two classes apart: the output is the probability of class 1."""

    def __init__(self, inputs, hidden, activation="tanh"):
        if activation not in ("tanh", "relu"):
            raise ValueError(f'activation is "{activation}": use "tanh" or "relu"')
        self.activation = activation
        self.layers = [Layer(inputs, hidden), Layer(hidden, 1)]

    def forward(self, x):
        """The values of every layer for one point, from the inputs to the probability."""
        values = [x]
        for layer in self.layers[:-1]:
            sums = layer.sums(values[-1])
            if self.activation == "tanh":
                values.append([math.tanh(s) for s in sums])
            else:
                values.append([s if s > 0 else 0.0 for s in sums])
        values.append([sigmoid(self.layers[-1].sums(values[-1])[0])])
        return values

    def step(self, batch, learning_rate):
        """One step downhill along the mean gradient of a batch of (point, class)."""
        for layer in self.layers:
            layer.clear()
        for x, target in batch:
            values = self.forward(x)
            # Cross-entropy behind a sigmoid: the error of its sum is this difference.
            errors = [values[-1][0] - target]
            for depth in range(len(self.layers) - 1, -1, -1):
                before = self.layers[depth].collect(values[depth], errors)
                if depth > 0:
                    errors = [e * self.slope(v) for e, v in zip(before, values[depth])]
        for layer in self.layers:
            layer.update(learning_rate / len(batch))

    def slope(self, value):
        """The slope of the activation where its value is this one."""
        if self.activation == "tanh":
            return 1 - value * value
        return 1.0 if value > 0 else 0.0

    def evaluate(self, points):
        """The mean loss and the share of the points that are told right."""
        loss = right = 0
        for x, target in points:
            p = self.forward(x)[-1][0]
            loss -= math.log(max(p if target else 1 - p, 1e-12))
            right += (p > 0.5) == bool(target)
        return loss / len(points), right / len(points)

    def save(self, path):
        layers = [{"weights": l.weights, "biases": l.biases} for l in self.layers]
        with open(path, "w") as file:
            json.dump({"activation": self.activation, "layers": layers}, file)


class Layer:
    def __init__(self, inputs, outputs):
        scale = math.sqrt(1 / inputs)
        self.weights = [[random.gauss(0, scale) for _ in range(inputs)] for _ in range(outputs)]
        self.biases = [0.0] * outputs
        self.clear()

    def clear(self):
        self.weight_sums = [[0.0] * len(row) for row in self.weights]
        self.bias_sums = [0.0] * len(self.biases)

    def sums(self, x):
        return [b + sum(w * v for w, v in zip(row, x)) for row, b in zip(self.weights, self.biases)]

    def collect(self, x, errors):
        """Adds the gradient of one point; returns the errors of the layer's inputs."""
        before = [0.0] * len(x)
        for j, error in enumerate(errors):
            self.bias_sums[j] += error
            row, sums = self.weights[j], self.weight_sums[j]
            for i, v in enumerate(x):
                sums[i] += error * v
                before[i] += error * row[i]
        return before

    def update(self, rate):
        for row, sums in zip(self.weights, self.weight_sums):
            for i, s in enumerate(sums):
                row[i] -= rate * s
        self.biases = [b - rate * s for b, s in zip(self.biases, self.bias_sums)]


def sigmoid(s):
    if s < -60:
        return 0.0
    return 1 / (1 + math.exp(-s))

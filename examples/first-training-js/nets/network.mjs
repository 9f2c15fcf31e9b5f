import { writeFileSync } from 'node:fs';
import { gauss } from './random.mjs';

const ACTIVATIONS = {
  tanh: { value: Math.tanh, slope: (v) => 1 - v * v },
  relu: { value: (s) => Math.max(0, s), slope: (v) => (v > 0 ? 1 : 0) },
};

/** Tells two classes apart with one hidden layer: the output is the probability of class 1. */
export class Network {
  constructor(inputs, hidden, activation = 'tanh') {
    if (!(activation in ACTIVATIONS)) throw new Error(`activation is "${activation}": use "tanh" or "relu"`);
    this.activation = activation;
    this.layers = [new Layer(inputs, hidden), new Layer(hidden, 1)];
  }

  /** The values of every layer for one point, from the inputs to the probability. */
  forward(point) {
    const values = [point];
    for (const layer of this.layers.slice(0, -1)) {
      values.push(layer.sums(values.at(-1)).map(ACTIVATIONS[this.activation].value));
    }
    values.push(this.layers.at(-1).sums(values.at(-1)).map(sigmoid));
    return values;
  }

  /** One step downhill along the mean gradient of a batch. */
  step(batch, learningRate) {
    const { slope } = ACTIVATIONS[this.activation];
    for (const layer of this.layers) layer.clear();
    for (const { point, target } of batch) {
      const values = this.forward(point);
      // Cross-entropy behind a sigmoid: the error of its sum is this difference.
      let errors = [values.at(-1)[0] - target];
      for (let depth = this.layers.length - 1; depth >= 0; depth--) {
        const before = this.layers[depth].collect(values[depth], errors);
        if (depth > 0) errors = before.map((error, i) => error * slope(values[depth][i]));
      }
    }
    for (const layer of this.layers) layer.update(learningRate / batch.length);
  }

  /** The mean loss and the share of the points that are told right. */
  evaluate(points) {
    let loss = 0;
    let right = 0;
    for (const { point, target } of points) {
      const [p] = this.forward(point).at(-1);
      loss -= Math.log(Math.max(target ? p : 1 - p, 1e-12));
      if (p > 0.5 === Boolean(target)) right++;
    }
    return { loss: loss / points.length, accuracy: right / points.length };
  }

  save(path) {
    const layers = this.layers.map(({ weights, biases }) => ({ weights, biases }));
    writeFileSync(path, JSON.stringify({ activation: this.activation, layers }));
  }
}

class Layer {
  constructor(inputs, outputs) {
    const scale = Math.sqrt(1 / inputs);
    this.weights = Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => gauss(scale)));
    this.biases = Array(outputs).fill(0);
    this.clear();
  }

  clear() {
    this.weightSums = this.weights.map((row) => row.map(() => 0));
    this.biasSums = this.biases.map(() => 0);
  }

  sums(x) {
    return this.weights.map((row, j) => row.reduce((sum, w, i) => sum + w * x[i], this.biases[j]));
  }

  /** Adds the gradient of one point; returns the errors of the layer's inputs. */
  collect(x, errors) {
    const before = x.map(() => 0);
    errors.forEach((error, j) => {
      this.biasSums[j] += error;
      x.forEach((v, i) => {
        this.weightSums[j][i] += error * v;
        before[i] += error * this.weights[j][i];
      });
    });
    return before;
  }

  update(rate) {
    this.weights.forEach((row, j) => row.forEach((_, i) => (row[i] -= rate * this.weightSums[j][i])));
    this.biases = this.biases.map((bias, j) => bias - rate * this.biasSums[j]);
  }
}

const sigmoid = (s) => 1 / (1 + Math.exp(-s));

// A small neural network learns two moons. Plain JavaScript.
import { setTimeout as sleep } from 'node:timers/promises';
import { Network } from './nets/network.mjs';
import { gauss, random, seedRandom, shuffle } from './nets/random.mjs';

const learningRate = 0.5;
const hidden = 16;
const batchSize = 32;
const epochs = 40;
const activation = 'tanh'; // or 'relu'
const noise = 0.25;
const pause = 0.5; // seconds after each epoch, to watch it learn; 0 is full speed
const seed = Number(process.env.MLE_SEED ?? 0);

seedRandom(seed);

function moons(n) {
  return Array.from({ length: n }, (_, i) => {
    const a = Math.PI * random();
    let [x, y] = [Math.cos(a), Math.sin(a)];
    if (i % 2) [x, y] = [1 - x, 0.5 - y];
    return { point: [x + gauss(noise), y + gauss(noise)], target: i % 2 };
  });
}

const train = moons(800);
const test = moons(400);
const net = new Network(2, hidden, activation);

for (let epoch = 1; epoch <= epochs; epoch++) {
  shuffle(train);
  for (let i = 0; i < train.length; i += batchSize) {
    net.step(train.slice(i, i + batchSize), learningRate);
  }
  const { loss } = net.evaluate(train);
  const { loss: valLoss, accuracy } = net.evaluate(test);
  console.log(`epoch ${epoch} loss=${loss.toFixed(4)} val_loss=${valLoss.toFixed(4)} accuracy=${accuracy.toFixed(3)}`);
  await sleep(1000 * pause);
}

net.save('model.json');

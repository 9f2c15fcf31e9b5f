// A small neural network learns two moons. Plain JavaScript.
import { setTimeout as sleep } from 'node:timers/promises';
import { varied } from './nets/knobs.mjs';
import { Network } from './nets/network.mjs';
import { gauss, random, seedRandom, shuffle } from './nets/random.mjs';

const knobs = varied({
  learning_rate: 0.5,
  hidden: 16,
  batch_size: 32,
  epochs: 40,
  activation: 'tanh', // or 'relu'
  noise: 0.25,
  pause: 0.5, // seconds after each epoch, to watch it learn; 0 is full speed
});

seedRandom(Number(process.env.MLE_SEED ?? 0));

function moons(n) {
  return Array.from({ length: n }, (_, i) => {
    const a = Math.PI * random();
    let [x, y] = [Math.cos(a), Math.sin(a)];
    if (i % 2) [x, y] = [1 - x, 0.5 - y];
    return { point: [x + gauss(knobs.noise), y + gauss(knobs.noise)], target: i % 2 };
  });
}

const train = moons(800);
const test = moons(400);
const net = new Network(2, knobs.hidden, knobs.activation);

for (let epoch = 1; epoch <= knobs.epochs; epoch++) {
  shuffle(train);
  for (let i = 0; i < train.length; i += knobs.batch_size) {
    net.step(train.slice(i, i + knobs.batch_size), knobs.learning_rate);
  }
  const { loss } = net.evaluate(train);
  const { loss: valLoss, accuracy } = net.evaluate(test);
  console.log(`epoch ${epoch} loss=${loss.toFixed(4)} val_loss=${valLoss.toFixed(4)} accuracy=${accuracy.toFixed(3)}`);
  await sleep(1000 * knobs.pause);
}

net.save('model.json');

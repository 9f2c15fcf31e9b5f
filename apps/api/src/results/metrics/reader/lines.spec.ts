import { OutputReader } from './output-reader.js';

const ESC = String.fromCharCode(27);

/** What one line says: the axis and place of its series, and their values. */
function read(line: string, end = '\n'): { axis: string; x: number; values: Record<string, number> } | null {
  const reader = new OutputReader();
  reader.push(Buffer.from(line + end), 0, 1);
  reader.end();
  const points = reader.take();
  const [first] = points;
  if (!first) return null;
  const values = Object.fromEntries(points.map(({ name, y }) => [name, y[0] ?? Number.NaN]));
  return { axis: first.axis, x: first.x[0] ?? Number.NaN, values };
}

describe('#name x y', () => {
  it.each([
    ['#loss 1 0.5', 'loss', 1, 0.5],
    ['  #loss\t2   -1.5e-3  ', 'loss', 2, -0.0015],
    ['#val/loss,a.b[0] .5 +3.', 'val/loss,a.b[0]', 0.5, 3],
    ['#précision 3 1E2', 'précision', 3, 100],
    ['#loss 4 nan', 'loss', 4, Number.NaN],
    ['#loss 4 -Infinity', 'loss', 4, Number.NEGATIVE_INFINITY],
    ['#loss 4 inf', 'loss', 4, Number.POSITIVE_INFINITY],
    [`${ESC}[32m#loss 5 0.25${ESC}[0m`, 'loss', 5, 0.25],
    [`#loss ${ESC}[1m6${ESC}[0m 7`, 'loss', 6, 7],
  ])('%j', (line, name, x, y) => {
    expect(read(line)).toEqual({ axis: 'step', x, values: { [name]: y } });
  });

  it.each([
    '# loss 1 2',
    '#loss 1',
    '#loss 1 2 3',
    '#loss one 2',
    '#loss 1 2x',
    '##loss 1 2',
    'x #loss 1 2',
    '#loss nan 1',
    '#loss 1e999 1',
    `#${'n'.repeat(101)} 1 2`,
    '#loss 1,5 2',
    '#!/usr/bin/env python',
    '#',
  ])('is not %j', (line) => {
    expect(read(line)).toBeNull();
  });

  it('counts also where a carriage return takes the line from the screen', () => {
    expect(read('#loss 1 2', '\rdone\n')?.values).toEqual({ loss: 2 });
  });
});

describe('a line', () => {
  it.each([
    ['epoch 3 loss=0.41 val_loss=0.5 accuracy=0.9', 'epoch', 3, { loss: 0.41, val_loss: 0.5, accuracy: 0.9 }],
    ['Epoch 3/10, loss: 0.41, acc: 91.5%', 'epoch', 3, { loss: 0.41, acc: 91.5 }],
    ['Epoch: [2] step: 1200 lr=1e-3 loss = nan', 'step', 1200, { lr: 0.001, loss: Number.NaN }],
    ['iter=20 | loss=2.5 | time=12:30', 'step', 20, { loss: 2.5 }],
    ['{"epoch": 2, "loss": 0.5, "name": "x", "grad/norm": 3}', 'epoch', 2, { loss: 0.5, 'grad/norm': 3 }],
    ['{"epoch": 1.5, "step": 30, "loss": 0.5}', 'step', 30, { loss: 0.5 }],
    ["{'loss': 0.5, 'epoch': 3}", 'epoch', 3, { loss: 0.5 }],
    ['Epoch 3 - Train Loss: 0.5 | Val Loss: 0.7', 'epoch', 3, { 'Train Loss': 0.5, 'Val Loss': 0.7 }],
    ['step 7 tokens: 1,234,567 return: 1,234,567 loss: 0,512', 'step', 7, { return: 1_234_567, loss: 0.512 }],
    ['iter 1 a=1 a=2 a=3', 'step', 1, { a: 1 }],
    ['step 5 mAP50(B)=0.6 AP@0.5: 0.7 top-1 acc: 0.8', 'step', 5, { 'mAP50(B)': 0.6, 'AP@0.5': 0.7, 'top-1 acc': 0.8 }],
    ['step 5: loss ............ 0.5', 'step', 5, { loss: 0.5 }],
    ['epoch 1 Accuracy: 9000/10000 (90%)', 'epoch', 1, { Accuracy: 90 }],
    ['epoch 1 accuracy: 45/50', 'epoch', 1, { accuracy: 0.9 }],
    ['epoch 1 reward: 1.5k returns: -2M', 'epoch', 1, { reward: 1_500, returns: -2e6 }],
    ['epoch 1 psnr: 31.2 dB loss: 0.5 time: 3 s', 'epoch', 1, { psnr: 31.2, loss: 0.5 }],
    ['epoch 3 损失：0.5', 'epoch', 3, { 损失: 0.5 }],
  ])('%j', (line, axis, x, values) => {
    expect(read(line)).toEqual({ axis, x, values });
  });

  it.each([
    'batch_size=256 learning_rate=0.001', // a setting, not a course
    'train.py:31: UserWarning: num_workers is 8',
    'Running on port: 8080',
    '2026-01-01 12:30:01 epoch done',
    'epoch 3 done',
    'epochs=40 hidden=16',
    '{"level":30,"time":1690000000000,"pid":12}',
    '{"epoch": 3}',
    '{broken',
    'epoch 3 loss: 12:30',
    'epoch 3 loss: 1.2.3',
    'epoch 3 loss: 2026-11-28',
    'epoch 3 loss: 12s',
    'epoch 3 loss: 4.5GB',
    'epoch 3 loss: 10.0.0.1',
    'epoch 3 loss: 1a2b3c',
    `epoch 3 loss: 1${'0'.repeat(400)}`,
  ])('says nothing: %j', (line) => {
    expect(read(line)).toBeNull();
  });
});

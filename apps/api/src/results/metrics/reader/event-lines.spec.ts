import { OUTPUT_STREAMS } from '@mle/protocol';
import { OutputReader, type ReaderState } from './output-reader.js';

const EVENTS = OUTPUT_STREAMS.indexOf('tensorboard');
const LINES = [
  '{"file":"runs/a/events.out.tfevents.1","to":900}',
  '["Loss/träin",0,0.5,1700000000250]',
  '["Loss/träin",1,"NaN",1700000000500]',
  '["",1,2,3]',
  '["no step","1",2,3]',
  '["huge",1e999,2,3]',
  '[1,2',
  `["long",1,2,3${' '.repeat(5_000)}]`,
  '["Loss/träin",2,0.25,1700000000750]',
  '',
].join('\n');
const POINTS = [
  {
    name: 'Loss/träin',
    axis: 'step',
    x: [0, 1, 2],
    y: [0.5, Number.NaN, 0.25],
    time: [1_700_000_000_250, 1_700_000_000_500, 1_700_000_000_750],
  },
];

test('points of event files are read with their own steps and times, however their lines are cut', () => {
  const bytes = Buffer.from(LINES);
  for (const size of [bytes.length, 1, 7]) {
    let reader = new OutputReader();
    const points: (typeof POINTS)[number][] = [];
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size), EVENTS, 1);
      for (const { name, axis, x, y, time } of reader.take()) {
        const known = points.find((one) => one.name === name);
        if (!known) points.push({ name, axis, x, y, time });
        known?.x.push(...x);
        known?.y.push(...y);
        known?.time.push(...time);
      }
      if (size > 1) reader = new OutputReader({ state: JSON.parse(JSON.stringify(reader.state)) as ReaderState });
    }
    reader.end();
    expect(points).toEqual(POINTS);
    expect(reader.foundIn).toEqual([
      {
        name: 'Loss/träin',
        source: expect.objectContaining({ text: 'TensorBoard, step 2: Loss/träin = 0.25', to: 38 }) as unknown,
      },
    ]);
  }
});

test('a number that is printed and logged under one name is one series', () => {
  const reader = new OutputReader();
  for (let step = 0; step < 3; step++) {
    reader.push(Buffer.from(`step ${step} loss: ${1 / (step + 1)}\n`), 0, 1);
    reader.push(Buffer.from(`["loss",${step},${1 / (step + 1)},5]\n`), EVENTS, 1);
  }
  reader.end();
  expect(reader.take()).toEqual([{ name: 'loss', axis: 'step', x: [0, 1, 2], y: [1, 0.5, 1 / 3], time: [1, 1, 1] }]);
});

test('a line that was passed over in part is none', () => {
  const reader = new OutputReader();
  reader.push(Buffer.from('["loss",1,'), EVENTS, 1);
  reader.skip(10);
  reader.push(Buffer.from('2,3]\n["loss",2,3,4]\n'), EVENTS, 1);
  expect(reader.take()).toMatchObject([{ x: [2], y: [3] }]);
});

import { type CorpusCase, lines, loop } from './corpus-case.js';

const ESC = String.fromCharCode(27);
const BACKSPACE = String.fromCharCode(8);

/** Keras 2 takes the bar back with backspaces before it draws it anew. */
function keras2(epoch: number): string {
  let drawn = '';
  let width = 0;
  for (const step of [1, 625, 1250, 1875]) {
    const full = Math.floor((30 * step) / 1875);
    const bar = step === 1875 ? '='.repeat(30) : `${'='.repeat(Math.max(0, full - 1))}>${'.'.repeat(30 - full)}`;
    const rest =
      step === 1875
        ? `5s 3ms/step - loss: 0.${epoch} - accuracy: 0.9${epoch} - val_loss: 0.2${epoch}`
        : `ETA: 2s - loss: 0.${epoch}${step} - accuracy: 0.5`;
    const text = `${String(step).padStart(4)}/1875 [${bar}] - ${rest}`;
    drawn += `${BACKSPACE.repeat(width)}\r${text}`;
    width = text.length;
  }
  return `Epoch ${epoch}/3\n${drawn}\n`;
}

/** Keras 3 colours its bar. */
function keras3(epoch: number): string {
  const draw = (step: number, rest: string): string =>
    `\r${ESC}[1m${String(step).padStart(3)}/938${ESC}[0m ${ESC}[32m${'━'.repeat(Math.floor((20 * step) / 938))}${ESC}[0m${ESC}[37m${'━'.repeat(20 - Math.floor((20 * step) / 938))}${ESC}[0m ${rest}`;
  return `Epoch ${epoch}/2\n${draw(1, `${ESC}[1m5:12${ESC}[0m 334ms/step - accuracy: 0.1 - loss: 2.3`)}${draw(500, `${ESC}[1m1s${ESC}[0m 3ms/step - accuracy: 0.5 - loss: 1.${epoch}`)}${draw(938, `${ESC}[1m4s${ESC}[0m 4ms/step - accuracy: 0.8${epoch} - loss: 0.4${epoch} - val_accuracy: 0.9${epoch} - val_loss: 0.3${epoch}`)}\n`;
}

const tqdm = (head: string, step: number, of: number, rest: string): string =>
  `\r${head}${Math.floor((100 * step) / of)}%|${'█'.repeat(step)}${' '.repeat(of - step)}| ${step}/${of} [00:0${step % 10}<00:01, 12.${step}it/s${rest}]`;
const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

export const bars: CorpusCase[] = [
  {
    style: 'Keras 2, and its evaluation at the end',
    form: 'keras-team/keras 2.x, keras/utils/generic_utils.py',
    output: `${keras2(1)}${keras2(2)}${keras2(3)}313/313 [==============================] - 0s 1ms/step - loss: 0.0712 - accuracy: 0.9781\n`,
    series: {
      loss: ['epoch', 3, [1, 0.1], [3, 0.3]],
      accuracy: ['epoch', 3, [1, 0.91], [3, 0.93]],
      val_loss: ['epoch', 3, [1, 0.21], [3, 0.23]],
    },
    finals: { loss: 0.0712, accuracy: 0.9781 },
  },
  {
    style: 'Keras 2 with verbose=2',
    form: 'keras-team/keras 2.x, keras/utils/generic_utils.py',
    output: lines(
      loop(
        1,
        3,
        (e) =>
          `Epoch ${e}/3\n1875/1875 - 4s - loss: 0.${e} - accuracy: 0.9${e} - val_loss: 0.2${e} - 4s/epoch - 2ms/step`,
      ),
    ),
    series: {
      loss: ['epoch', 3, [1, 0.1], [3, 0.3]],
      accuracy: ['epoch', 3, [1, 0.91], [3, 0.93]],
      val_loss: ['epoch', 3, [1, 0.21], [3, 0.23]],
    },
  },
  {
    style: 'Keras 3',
    form: 'keras-team/keras 3.x, keras/src/utils/progbar.py',
    output: `${keras3(1)}${keras3(2)}`,
    series: {
      accuracy: ['epoch', 2, [1, 0.81], [2, 0.82]],
      loss: ['epoch', 2, [1, 0.41], [2, 0.42]],
      val_accuracy: ['epoch', 2, [1, 0.91], [2, 0.92]],
      val_loss: ['epoch', 2, [1, 0.31], [2, 0.32]],
    },
  },
  {
    style: 'tqdm with a postfix, one bar for each epoch',
    form: 'tqdm/tqdm, tqdm/std.py',
    output: [0, 1, 2]
      .map(
        (e) =>
          `${steps(10)
            .map((s) => tqdm(`Epoch ${e}: `, s, 10, `, loss=${e}.${s}, acc=0.${s}`))
            .join('')}\n`,
      )
      .join(''),
    series: { loss: ['epoch', 3, [0, 0.1], [2, 2.1]], acc: ['epoch', 3, [0, 0.1], [2, 0.1]] },
  },
  {
    style: 'tqdm that clears its bars',
    form: 'tqdm/tqdm with leave=False',
    output: [1, 2]
      .map(
        (e) =>
          `${steps(5)
            .map((s) => tqdm(`Epoch ${e}/2: `, s, 5, `, loss=${e}.${s}`))
            .join('')}\r${' '.repeat(60)}\r`,
      )
      .join(''),
    series: { loss: ['epoch', 2, [1, 1.5], [2, 2.5]] },
  },
  {
    style: 'one tqdm bar for the whole training',
    form: 'tqdm/tqdm, trange with set_postfix',
    output: `${steps(8)
      .map((s) => tqdm('', s, 8, `, loss=0.${s}`) + tqdm('', s, 8, `, loss=1.${s}`))
      .join('')}\n`,
    series: { loss: ['step', 8, [1, 1.1], [8, 1.8]] },
  },
  {
    style: 'Lightning',
    form: 'Lightning-AI/pytorch-lightning, callbacks/progress/tqdm_progress.py',
    output: [0, 1, 2]
      .map(
        (e) =>
          `${steps(5)
            .map((s) =>
              tqdm(
                `Epoch ${e}: `,
                s,
                5,
                `, v_num=77, train_loss_step=${e}.${s}, val_loss=0.${e + 1}, train_loss_epoch=0.${e + 2}`,
              ),
            )
            .join('')}\n`,
      )
      .join(''),
    series: {
      train_loss_step: ['epoch', 3, [0, 0.5], [2, 2.5]],
      val_loss: ['epoch', 3, [0, 0.1], [2, 0.3]],
      train_loss_epoch: ['epoch', 3, [0, 0.2], [2, 0.4]],
    },
  },
  {
    style: "Lightning's table of the test",
    form: 'Lightning-AI/pytorch-lightning, loops/evaluation_loop.py',
    output: lines(
      '┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┓',
      '┃        Test metric        ┃       DataLoader 0        ┃',
      '┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━┩',
      '│         test_acc          │    0.9123000144958496     │',
      '│         test_loss         │    0.2871234118938446     │',
      '└───────────────────────────┴───────────────────────────┘',
    ),
    series: {},
    finals: { test_acc: 0.9123000144958496, test_loss: 0.2871234118938446 },
  },
  {
    style: 'two bars drawn as one block, the cursor going up',
    form: 'tqdm/tqdm with position=1',
    output: `${steps(4)
      .map((s) => `${tqdm('Epoch 1: ', s, 4, `, loss=0.${s}`)}\n${tqdm('Val: ', s, 4, `, val_loss=1.${s}`)}\n${ESC}[2A`)
      .join('')}\n\n${steps(4)
      .map((s) => `${tqdm('Epoch 2: ', s, 4, `, loss=2.${s}`)}\n${tqdm('Val: ', s, 4, `, val_loss=3.${s}`)}\n${ESC}[2A`)
      .join('')}\n\ndone\n`,
    series: { loss: ['epoch', 2, [1, 0.4], [2, 2.4]], val_loss: ['epoch', 2, [1, 1.4], [2, 3.4]] },
  },
  {
    style: 'a line that is drawn anew with a carriage return',
    form: 'print(…, end="\\r") in loops of one’s own',
    output: `${steps(20)
      .map((s) => `epoch 1 step ${s}/20 loss: 0.${s}\r`)
      .join('')}\nepoch 1: val_loss=0.5\n${steps(20)
      .map((s) => `epoch 2 step ${s}/20 loss: 1.${s}\r`)
      .join('')}\nepoch 2: val_loss=0.4\n`,
    series: { loss: ['epoch', 2, [1, 0.2], [2, 1.2]], val_loss: ['epoch', 2, [1, 0.5], [2, 0.4]] },
  },
  {
    style: 'Lightning: a full bar is drawn once more behind the evaluation',
    form: 'Lightning-AI/pytorch-lightning, callbacks/progress/tqdm_progress.py, in a terminal',
    output: [0, 1, 2]
      .map(
        (e) =>
          `${steps(4)
            .map((s) => tqdm(`Epoch ${e}: `, s, 4, `, v_num=0, train_loss=${e}.${s}`))
            .join(
              '',
            )}\n${tqdm('Validation DataLoader 0: ', 2, 2, '')}${ESC}[A${tqdm(`Epoch ${e}: `, 4, 4, `, v_num=0, train_loss=${e}.4, val_loss=0.${e + 1}`)}\n`,
      )
      .join(''),
    series: { train_loss: ['epoch', 3, [0, 0.4], [2, 2.4]], val_loss: ['epoch', 3, [0, 0.1], [2, 0.3]] },
  },
  {
    style: 'batches that a summary is drawn over, and an evaluation that is drawn anew',
    form: 'print(…, end="") in loops of one’s own',
    output: [1, 2]
      .map(
        (e) =>
          `${steps(3)
            .map((s) => `\rEpoch ${e}/2, Batch ${s}/3, Loss: ${e}.${s}`)
            .join('')}\rEpoch ${e}/2, Loss: ${e}.9, Val Loss: ${e}.8      \n${steps(2)
            .map((s) => `\r  test ${s}/2 acc 0.${s}${e}`)
            .join('')}\n`,
      )
      .join(''),
    series: {
      Loss: ['epoch', 2, [1, 1.9], [2, 2.9]],
      'Val Loss': ['epoch', 2, [1, 1.8], [2, 2.8]],
      'test/acc': ['epoch', 2, [1, 0.21], [2, 0.22]],
    },
  },
];

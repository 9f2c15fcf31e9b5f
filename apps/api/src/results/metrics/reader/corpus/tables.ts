import { type CorpusCase, lines, loop } from './corpus-case.js';

const ESC = String.fromCharCode(27);

export const tables: CorpusCase[] = [
  {
    style: 'fastai',
    form: 'fastai/fastai, learner.py, and fastai/fastprogress in a console',
    output: lines(
      'epoch     train_loss  valid_loss  accuracy  time    ',
      loop(
        0,
        3,
        (e) =>
          `\rEpoch 1/4 : |--------------------| 0.00% [0/100 00:00<?]\r${e}         ${e}.654321    ${e}.512345    0.8${e}0000  00:12     `,
      ),
    ),
    series: {
      train_loss: ['epoch', 4, [0, 0.654321], [3, 3.654321]],
      valid_loss: ['epoch', 4, [0, 0.512345], [3, 3.512345]],
      accuracy: ['epoch', 4, [0, 0.8], [3, 0.83]],
    },
  },
  {
    style: 'skorch, in colours',
    form: 'skorch-dev/skorch, callbacks/logging.py',
    output: lines(
      '  epoch    train_loss    valid_acc    valid_loss     dur',
      '-------  ------------  -----------  ------------  ------',
      loop(
        1,
        3,
        (e) =>
          `      ${e}        ${ESC}[36m0.${e}868${ESC}[0m       ${ESC}[32m0.${e}000${ESC}[0m        ${ESC}[35m1.${e}${ESC}[0m  0.0256`,
      ),
    ),
    series: {
      train_loss: ['epoch', 3, [1, 0.1868], [3, 0.3868]],
      valid_acc: ['epoch', 3, [1, 0.1], [3, 0.3]],
      valid_loss: ['epoch', 3, [1, 1.1], [3, 1.3]],
    },
  },
  {
    style: 'lines as in a CSV file',
    form: 'print with commas',
    output: lines(
      'epoch,loss,acc',
      loop(0, 2, (e) => `${e},0.${5 - e},0.${8 + (e % 2)}`),
    ),
    series: { loss: ['epoch', 3, [0, 0.5], [2, 0.3]], acc: ['epoch', 3, [0, 0.8], [2, 0.8]] },
  },
  {
    style: 'tables of rich',
    form: 'Textualize/rich, table.py, run with version 13',
    output: lines(
      '┏━━━━━━━┳━━━━━━━━┳━━━━━━━━━━┓',
      '┃ Epoch ┃   Loss ┃ Accuracy ┃',
      '┡━━━━━━━╇━━━━━━━━╇━━━━━━━━━━┩',
      loop(1, 3, (e) => `│     ${e} │ 0.${e}231 │   9${e}.1 % │`).replaceAll(' %', '%'),
      '└───────┴────────┴──────────┘',
    ),
    series: { Loss: ['epoch', 3, [1, 0.1231], [3, 0.3231]], Accuracy: ['epoch', 3, [1, 91.1], [3, 93.1]] },
  },
  {
    style: 'tables of Markdown',
    form: 'astanin/python-tabulate, github',
    output: lines(
      '| step | train loss | val loss |',
      '|------|------------|----------|',
      loop(100, 300, (s) => `| ${s} | 0.${s} | 1.${s} |`, 100),
    ),
    series: { 'train loss': ['step', 3, [100, 0.1], [300, 0.3]], 'val loss': ['step', 3, [100, 1.1], [300, 1.3]] },
  },
  {
    style: 'boxes of stable-baselines3',
    form: 'DLR-RM/stable-baselines3, common/logger.py (HumanOutputFormat)',
    output: lines(
      loop(1, 3, (i) =>
        [
          '---------------------------------',
          '| rollout/           |          |',
          `|    ep_len_mean     | 22.${i}     |`,
          `|    ep_rew_mean     | ${i}.5      |`,
          '| time/              |          |',
          '|    fps             | 1432     |',
          `|    iterations      | ${i}        |`,
          '|    time_elapsed    | 1        |',
          `|    total_timesteps | ${i * 2048}     |`,
          '| train/             |          |',
          `|    approx_kl       | 0.00${i}    |`,
          '|    clip_range      | 0.2      |',
          `|    loss            | ${i}.25     |`,
          '|    n_updates       | 10       |',
          '---------------------------------',
        ].join('\n'),
      ),
    ),
    series: {
      'rollout/ep_len_mean': ['step', 3, [2048, 22.1], [6144, 22.3]],
      'rollout/ep_rew_mean': ['step', 3, [2048, 1.5], [6144, 3.5]],
      'train/approx_kl': ['step', 3, [2048, 0.001], [6144, 0.003]],
      'train/loss': ['step', 3, [2048, 1.25], [6144, 3.25]],
    },
  },
  {
    style: 'ultralytics',
    form: 'ultralytics/ultralytics, engine/trainer.py and models/yolo/detect/val.py',
    output: [1, 2, 3]
      .map((e) => {
        const bar = (s: number): string =>
          `\r        ${e}/3      2.45G      1.${s}${e}       2.${s}${e}        0.${s}${e}         22        640: ${s * 25}%|${'█'.repeat(s)}${' '.repeat(4 - s)}| ${s}/4 [00:02<00:00,  3.5it/s]`;
        const check =
          '\r                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100%|██████████| 4/4 [00:01<00:00,  2.9it/s]';
        return `\n      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size\n${[1, 2, 3, 4].map(bar).join('')}\n${check}\n                   all        128        929      0.6${e}      0.5${e}      0.4${e}       0.3${e}\n`;
      })
      .join(''),
    series: {
      box_loss: ['epoch', 3, [1, 1.41], [3, 1.43]],
      cls_loss: ['epoch', 3, [1, 2.41], [3, 2.43]],
      dfl_loss: ['epoch', 3, [1, 0.41], [3, 0.43]],
      P: ['epoch', 3, [1, 0.61], [3, 0.63]],
      R: ['epoch', 3, [1, 0.51], [3, 0.53]],
      mAP50: ['epoch', 3, [1, 0.41], [3, 0.43]],
      'mAP50-95': ['epoch', 3, [1, 0.31], [3, 0.33]],
    },
  },
  {
    style: 'spaCy',
    form: 'explosion/spaCy, training/loggers.py',
    output: lines(
      'E    #       LOSS TOK2VEC  LOSS NER  ENTS_F  ENTS_P  ENTS_R  SCORE ',
      '---  ------  ------------  --------  ------  ------  ------  ------',
      loop(0, 2, (e) => `  ${e}     ${e * 200}          ${e}.50     45.0${e}    1.0${e}    0.50    0.40    0.0${e}`),
    ),
    series: {
      'LOSS TOK2VEC': ['step', 3, [0, 0.5], [400, 2.5]],
      'LOSS NER': ['step', 3, [0, 45], [400, 45.02]],
      ENTS_F: ['step', 3, [0, 1], [400, 1.02]],
      ENTS_P: ['step', 3, [0, 0.5], [400, 0.5]],
      ENTS_R: ['step', 3, [0, 0.4], [400, 0.4]],
      SCORE: ['step', 3, [0, 0], [400, 0.02]],
    },
  },
  {
    style: 'a table that is drawn anew in place',
    form: 'Textualize/rich, live.py',
    output: `${[1, 2, 3]
      .map(
        (rows) =>
          `${rows > 1 ? `${ESC}[${rows + 1}A` : ''}${lines('epoch   loss', ...Array.from({ length: rows }, (_, e) => `${e + 1}       0.${e + 1}`))}`,
      )
      .join('')
      .replaceAll(`${ESC}[3A`, `${ESC}[2A`)
      .replaceAll(`${ESC}[4A`, `${ESC}[3A`)}done\n`,
    series: { loss: ['epoch', 3, [1, 0.1], [3, 0.3]] },
  },
];

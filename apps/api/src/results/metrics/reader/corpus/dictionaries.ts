import { type CorpusCase, lines, loop } from './corpus-case.js';

export const dictionaries: CorpusCase[] = [
  {
    style: 'Hugging Face: dictionaries of Python, and the summary at the end',
    form: 'huggingface/transformers, trainer_callback.py and trainer_pt_utils.py',
    output: lines(
      loop(1, 4, (s) => `{'loss': ${s}.5, 'grad_norm': 1.${s}, 'learning_rate': ${s}e-05, 'epoch': ${s / 4}}`),
      "{'eval_loss': 0.55, 'eval_accuracy': 0.8, 'eval_runtime': 1.9134, 'eval_samples_per_second': 119.431, 'eval_steps_per_second': 7.5, 'epoch': 1.0}",
      "{'loss': '0.4123', 'grad_norm': '1.2', 'learning_rate': '1e-05', 'epoch': '1.25'}",
      "{'train_runtime': 12.99, 'train_samples_per_second': 73.9, 'train_steps_per_second': 0.92, 'train_loss': 0.71, 'epoch': 1.25}",
      '***** eval metrics *****',
      '  epoch                   =       1.25',
      '  eval_accuracy           =     0.8123',
      '  eval_runtime            = 0:00:01.91',
    ),
    series: {
      loss: ['epoch', 5, [0.25, 1.5], [1.25, 0.4123]],
      grad_norm: ['epoch', 5, [0.25, 1.1], [1.25, 1.2]],
      learning_rate: ['epoch', 5, [0.25, 1e-5], [1.25, 1e-5]],
      eval_loss: ['epoch', 1, [1, 0.55], [1, 0.55]],
      eval_accuracy: ['epoch', 2, [1, 0.8], [1.25, 0.8123]],
    },
    finals: { train_loss: 0.71 },
  },
  {
    style: 'JSON lines, nested',
    form: 'json.dumps of a dictionary',
    output: lines(
      loop(
        0,
        200,
        (s) =>
          `{"step": ${s}, "train": {"loss": ${s}.5, "acc": 0.5}, "val/loss": 1.25, "lr": 0.001, "ts": 1732790000, "run": "a"}`,
        100,
      ),
    ),
    series: {
      'train/loss': ['step', 3, [0, 0.5], [200, 200.5]],
      'train/acc': ['step', 3, [0, 0.5], [200, 0.5]],
      'val/loss': ['step', 3, [0, 1.25], [200, 1.25]],
      lr: ['step', 3, [0, 0.001], [200, 0.001]],
    },
  },
  {
    style: 'JSON with strings as numbers',
    form: 'facebookresearch/fairseq, logging/progress_bar.py (json)',
    output: lines(
      loop(
        1,
        3,
        (e) =>
          `{"epoch": ${e}, "train_loss": "${e}.25", "train_ppl": "2.5", "train_wps": "3125.6", "train_num_updates": "${e * 10}", "train_lr": "0.0005", "train_wall": "68"}`,
      ),
    ),
    series: {
      train_loss: ['step', 3, [10, 1.25], [30, 3.25]],
      train_ppl: ['step', 3, [10, 2.5], [30, 2.5]],
      train_lr: ['step', 3, [10, 0.0005], [30, 0.0005]],
    },
  },
  {
    style: 'JSON that Python writes, and numbers that are none',
    form: 'json.dumps of nan, True and a number that is too large',
    output: lines(
      '{"iter": 3, "loss": NaN}',
      '{"iter": 4, "loss": -Infinity, "done": true, "big": 1' + '0'.repeat(400) + '}',
      '[{"iter": 5, "loss": 0.5}]',
      '{"epoch": true, "flag": true}',
    ),
    series: { loss: ['step', 3, [3, Number.NaN], [5, 0.5]] },
  },
  {
    style: 'JSON behind a logging prefix',
    form: 'logging.basicConfig of Python',
    output: lines(loop(0, 2, (e) => `INFO:root:{"epoch": ${e}, "loss": ${e}.5}`)),
    series: { loss: ['epoch', 3, [0, 0.5], [2, 2.5]] },
  },
  {
    style: 'pprint over several lines',
    form: 'pprint.pprint',
    output: lines(
      loop(
        1,
        2,
        (e) =>
          `{'epoch': ${e},\n 'metrics': {'accuracy': 0.${e},\n             'confusion': [[5, 1], [2, 7]],\n             'loss': ${e}.5},\n 'name': 'a, {b',\n 'note': None}`,
      ),
    ),
    series: { 'metrics/accuracy': ['epoch', 2, [1, 0.1], [2, 0.2]], 'metrics/loss': ['epoch', 2, [1, 1.5], [2, 2.5]] },
  },
  {
    style: 'JSON with indentation',
    form: 'json.dumps(…, indent=2)',
    output: lines('Metrics:', '{', '  "accuracy": 0.91,', '  "per_class": [0.9, 0.92],', '  "f1": 0.88', '}', 'done'),
    series: {},
    finals: { accuracy: 0.91, f1: 0.88 },
  },
  {
    style: 'an object that Node prints',
    form: 'console.log of an object',
    output: lines(
      loop(1, 3, (e) => `{ epoch: ${e}, loss: ${e}.5, acc: 0.${e}, done: false }`),
      '{\n  epoch: 4,\n  loss: 4.5,\n  acc: 0.4,\n  done: true\n}',
    ),
    series: { loss: ['epoch', 4, [1, 1.5], [4, 4.5]], acc: ['epoch', 4, [1, 0.1], [4, 0.4]] },
  },
  {
    style: 'values of NumPy and PyTorch in a dictionary',
    form: 'print of a dictionary',
    output: lines(
      loop(
        1,
        2,
        (s) =>
          `step ${s}: {'loss': tensor(0.${s}, device='cuda:0'), 'acc': np.float64(0.${s + 1}), 'shape': (3, 4), 'size': torch.Size([3])}`,
      ),
    ),
    series: { loss: ['step', 2, [1, 0.1], [2, 0.2]], acc: ['step', 2, [1, 0.2], [2, 0.3]] },
  },
];

import { type CorpusCase, lines, loop } from './corpus-case.js';

const OWN = 'loops as people write them in tutorials and questions';

/** What languages and their libraries make of a number that is printed without a format. */
export const languages: CorpusCase[] = [
  {
    style: 'R numbers what it prints',
    form: 'print(paste(…)) of R',
    output: lines(
      loop(1, 2, (e) => `[1] "Epoch ${e} Loss 0.${e}"`),
      loop(1, 2, (e) => `[1] "rmse: 1.${e}"`),
      '[1] "Accuracy: 0.95"',
      '[1] 0.9533',
    ),
    series: { Loss: ['epoch', 2, [1, 0.1], [2, 0.2]], rmse: ['index', 2, [0, 1.1], [1, 1.2]] },
    finals: { Accuracy: 0.95 },
  },
  {
    style: 'coefficients of determination',
    form: 'statsmodels, summary of OLS; summary of lm in R; scikit-learn examples',
    output: lines(
      'Dep. Variable:                      y   R-squared:                       0.955',
      'Model:                            OLS   Adj. R-squared:                  0.953',
      'Residual standard error: 3.046 on 30 degrees of freedom',
      'R^2: 0.92',
      'R² test: 0.93',
      'Train R squared = 0.94',
    ),
    series: {},
    finals: {
      'R-squared': 0.955,
      'Adj. R-squared': 0.953,
      'Residual standard error': 3.046,
      'R^2': 0.92,
      'R² test': 0.93,
      'Train R squared': 0.94,
    },
  },
  {
    style: 'a tensor behind a name and a blank',
    form: "print('loss', loss) of PyTorch, TensorFlow and JAX",
    output: lines(
      'epoch 1 loss tensor(0.5, grad_fn=<MseLossBackward0>)',
      "epoch 2, loss tensor(0.4, device='cuda:0')",
      'epoch 3 loss: tf.Tensor(0.3, shape=(), dtype=float32)',
      'epoch 4 loss Array(0.2, dtype=float32)',
    ),
    series: { loss: ['epoch', 4, [1, 0.5], [4, 0.2]] },
  },
  {
    style: 'f-strings that name their expression',
    form: "Python, f'{epoch=} {loss.item()=:.3f}'",
    output: lines(loop(1, 3, (e) => `epoch=${e} loss.item()=0.${e} acc = 0.9${e}`)),
    series: { loss: ['epoch', 3, [1, 0.1], [3, 0.3]], acc: ['epoch', 3, [1, 0.91], [3, 0.93]] },
  },
  {
    style: 'pairs of an OrderedDict, and what TensorFlow prints in a dictionary',
    form: 'Python before 3.12, collections.OrderedDict; tensorflow/tensorflow, framework/ops.py',
    output: lines(
      loop(1, 2, (e) => `Epoch ${e} OrderedDict([('loss', 0.${e}), ('top1', 7${e}.5), ('name', 'a')])`),
      loop(3, 4, (e) => `Epoch ${e} {'loss': <tf.Tensor: shape=(), dtype=float32, numpy=0.${e}>, 'top1': 7${e}.5}`),
      "statistics:[('average_q', 0.1), ('average_loss', 0.2)]",
    ),
    series: { loss: ['epoch', 4, [1, 0.1], [4, 0.4]], top1: ['epoch', 4, [1, 71.5], [4, 74.5]] },
    finals: { average_loss: 0.2 },
  },
  {
    style: 'decimal commas behind a blank',
    form: 'programs that run with a German or French locale',
    output: lines(loop(1, 3, (e) => `epoch ${e} loss 0,5${e}23 acc 8${e},5 %`)),
    series: { loss: ['epoch', 3, [1, 0.5123], [3, 0.5323]], acc: ['epoch', 3, [1, 81.5], [3, 83.5]] },
  },
  {
    style: 'on what a measure was taken',
    form: 'mnielsen/neural-networks-and-deep-learning, src/network2.py',
    output: lines(
      loop(
        0,
        1,
        (e) =>
          `Epoch ${e} training complete\nCost on training data: 0.${e}5\nAccuracy on training data: 4${e} / 50\nCost on evaluation data: 0.${e}7\nAccuracy on evaluation data: 2${e} / 50`,
      ),
      'Accuracy on the training set: 0.98',
      'Accuracy on the test set: 0.91',
      'Accuracy: 45 out of 50',
    ),
    series: {
      'Cost on training data': ['epoch', 2, [0, 0.05], [1, 0.15]],
      'Accuracy on training data': ['epoch', 2, [0, 0.8], [1, 0.82]],
      'Cost on evaluation data': ['epoch', 2, [0, 0.07], [1, 0.17]],
      'Accuracy on evaluation data': ['epoch', 2, [0, 0.4], [1, 0.42]],
    },
    finals: { 'Accuracy on training set': 0.98, 'Accuracy on test set': 0.91, Accuracy: 0.9 },
  },
  {
    style: 'the phase under a key or in a column',
    form: 'open-mmlab/mmcv, runner/hooks/logger/text.py (json); csv of Python; logfmt',
    output: lines(
      loop(
        1,
        2,
        (e) =>
          `{"mode": "train", "epoch": ${e}, "lr": 0.01, "loss": 0.${e}}\n{"mode": "val", "epoch": ${e}, "lr": 0.01, "loss": 0.${e}5}`,
      ),
      loop(1, 2, (e) => `phase: train | epoch: ${e} | mse: 0.${e}\nphase: val | epoch: ${e} | mse: 0.${e}5`),
      'epoch,split,acc',
      loop(1, 2, (e) => `${e},train,0.${e}\n${e},val,0.${e}5`),
    ),
    series: {
      'train/loss': ['epoch', 2, [1, 0.1], [2, 0.2]],
      'train/lr': ['epoch', 2, [1, 0.01], [2, 0.01]],
      'val/loss': ['epoch', 2, [1, 0.15], [2, 0.25]],
      'val/lr': ['epoch', 2, [1, 0.01], [2, 0.01]],
      'train/mse': ['epoch', 2, [1, 0.1], [2, 0.2]],
      'val/mse': ['epoch', 2, [1, 0.15], [2, 0.25]],
      'train/acc': ['epoch', 2, [1, 0.1], [2, 0.2]],
      'val/acc': ['epoch', 2, [1, 0.15], [2, 0.25]],
    },
  },
  {
    style: 'a dictionary for each phase',
    form: OWN,
    output: lines(
      loop(1, 2, (e) => `Epoch ${e}: train={'loss': 0.${e}, 'acc': 0.8} val={'loss': 0.${e}5, 'acc': 0.7}`),
    ),
    series: {
      'train/loss': ['epoch', 2, [1, 0.1], [2, 0.2]],
      'train/acc': ['epoch', 2, [1, 0.8], [2, 0.8]],
      'val/loss': ['epoch', 2, [1, 0.15], [2, 0.25]],
      'val/acc': ['epoch', 2, [1, 0.7], [2, 0.7]],
    },
  },
  {
    style: 'a measure, then its phases',
    form: OWN,
    output: lines(
      loop(1, 2, (e) => `Epoch ${e} | loss: train 0.${e}, val 0.${e}5 | Acc - train: 0.8${e}, val: 0.7${e}`),
      loop(1, 2, (e) => `Epoch ${e}: MSE (train=0.${e}, val=0.${e}5)`),
    ),
    series: {
      'loss train': ['epoch', 2, [1, 0.1], [2, 0.2]],
      'loss val': ['epoch', 2, [1, 0.15], [2, 0.25]],
      'Acc train': ['epoch', 2, [1, 0.81], [2, 0.82]],
      'Acc val': ['epoch', 2, [1, 0.71], [2, 0.72]],
      'MSE train': ['epoch', 2, [1, 0.1], [2, 0.2]],
      'MSE val': ['epoch', 2, [1, 0.15], [2, 0.25]],
    },
  },
  {
    style: 'Markdown',
    form: OWN,
    output: lines(
      '## Results',
      '',
      '- **Accuracy**: 0.95',
      '- **Precision:** 0.92',
      '* **F1 score**: 0.93',
      'loss ** 2: 5',
    ),
    series: {},
    finals: { Accuracy: 0.95, Precision: 0.92, 'F1 score': 0.93 },
  },
  {
    style: 'images of training and of test, and a phase before the sentence',
    form: 'yunjey/pytorch-tutorial, basics and intermediate',
    output: lines(
      'Accuracy of the network on the 10000 train images: 99 %',
      'Accuracy of the network on the 10000 test images: 90 %',
      'Test Accuracy of the model on the 10000 test images: 98.9 %',
      'Coefficient of determination: 0.47',
    ),
    series: {},
    finals: { 'Accuracy on train data': 99, Accuracy: 90, 'Test Accuracy': 98.9, 'Coefficient of determination': 0.47 },
  },
  {
    style: 'a score before the dictionary of what it was reached with',
    form: 'grid searches of scikit-learn in tutorials; dictionaries behind values',
    output: lines(
      "Best score: 0.961 using {'C': 1.0, 'learning_rate': 0.01}",
      loop(3, 4, (s) => `step ${s}: score 0.${s}, all: {'a_loss': 1.${s}}`),
    ),
    series: { score: ['step', 2, [3, 0.3], [4, 0.4]], a_loss: ['step', 2, [3, 1.3], [4, 1.4]] },
    finals: { 'Best score': 0.961 },
  },
  {
    style: 'a head that is a comment',
    form: 'numpy/numpy, savetxt; files for gnuplot',
    output: lines(
      '# step  loss  lr',
      loop(0, 200, (step) => `${step}  0.${step}  0.01`, 100),
      '# epoch,acc,f1',
      loop(1, 2, (e) => `${e},0.${e},0.3${e}`),
    ),
    series: {
      loss: ['step', 3, [0, 0], [200, 0.2]],
      lr: ['step', 3, [0, 0.01], [200, 0.01]],
      acc: ['epoch', 2, [1, 0.1], [2, 0.2]],
      f1: ['epoch', 2, [1, 0.31], [2, 0.32]],
    },
  },
  {
    style: 'folds without epochs, and what is said of all of them',
    form: 'scikit-learn/scikit-learn, examples of model_selection; cluster/_kmeans.py',
    output: lines(
      loop(1, 2, (f) => `Fold ${f}:\n  Train: index=[0 1 2]\n  Test:  index=[3 4]\n  R2: 0.${f}`),
      'Mean R2: 0.15',
      'Overall MSE: 0.1',
      "0.960000 (0.016330) with: {'C': 1}",
      "0.960 (+/-0.033) for {'C': 1}",
    ),
    series: {},
    finals: { 'fold 1/R2': 0.1, 'fold 2/R2': 0.2, 'Mean R2': 0.15, 'Overall MSE': 0.1 },
  },
  {
    style: 'a number that is part of what is measured',
    form: 'scikit-learn/scikit-learn, cluster/_kmeans.py, run with version 1.2',
    output: lines(
      'Init 1/1 with method k-means++',
      'Inertia for init 1/1: 372114.0',
      loop(0, 1, (i) => `Iteration ${i}, ewa inertia 25${i}.5.`),
    ),
    series: { 'ewa inertia': ['step', 2, [0, 250.5], [1, 251.5]] },
    finals: { Inertia: 372_114 },
  },
  {
    style: 'tables of pandas without a place: a history, measures of several phases, and what describes data',
    form: 'print(pd.DataFrame(history.history)) of Keras; pandas-dev/pandas, io/formats/string.py',
    output: lines(
      '       loss  val_loss',
      loop(0, 2, (i) => `${i}  0.${i}5000  0.${i}60000`),
      '',
      '           train     val    test',
      'accuracy   0.98     0.95    0.94',
      '',
      '         accuracy       mse',
      'count   10.000000  10.00000',
      'mean     0.900000   0.50000',
      'std      0.010000   0.10000',
      '25%      0.890000   0.45000',
    ),
    series: { loss: ['index', 3, [0, 0.05], [2, 0.25]], val_loss: ['index', 3, [0, 0.06], [2, 0.26]] },
    finals: { 'accuracy train': 0.98, 'accuracy val': 0.95, 'accuracy test': 0.94 },
  },
  {
    style: 'a measure before a dictionary of what it is of',
    form: 'explosion/spaCy 2, examples/training/train_ner.py; loops of one’s own',
    output: lines(
      "Losses {'ner': 50.5}",
      "Losses {'ner': 40.5}",
      loop(1, 2, (e) => `Epoch ${e} loss: {'train': 0.${e}, 'val': 0.${e}5}`),
    ),
    series: {
      'Losses/ner': ['index', 2, [0, 50.5], [1, 40.5]],
      'loss/train': ['epoch', 2, [1, 0.1], [2, 0.2]],
      'loss/val': ['epoch', 2, [1, 0.15], [2, 0.25]],
    },
  },
  {
    style: 'names with a slash behind a number, and speeds that are none',
    form: 'names as wandb and TensorBoard group them',
    output: lines(
      loop(1, 2, (s) => `step ${s} train/loss 0.${s} val/loss 0.${s}5 12.3 img/s 0.5 s/it 1000 samples/sec`),
      'step 3 loss/step: 0.3 12 it/s',
      'step 4 loss/step: 0.2 12 it/s',
    ),
    series: {
      'train/loss': ['step', 2, [1, 0.1], [2, 0.2]],
      'val/loss': ['step', 2, [1, 0.15], [2, 0.25]],
      'loss/step': ['step', 2, [3, 0.3], [4, 0.2]],
    },
  },
  {
    style: 'marks at what is best, dashes and records',
    form: OWN,
    output: lines(
      loop(1, 2, (e) => `Ep. ${e} - Loss - 0.${e}\nEpoch no. ${e}: win rate 0.${e}1*, mse ≈ 0.${e}5↓`),
      'Epoch   Train    Val',
      '1       0.5     0.6*',
      '2       0.4     0.5 *',
      loop(1, 2, (e) => `Epoch ${e}: Metrics(mae=0.${e}, rmse=0.${e}5)`),
    ),
    series: {
      Loss: ['epoch', 2, [1, 0.1], [2, 0.2]],
      'win rate': ['epoch', 2, [1, 0.11], [2, 0.21]],
      mse: ['epoch', 2, [1, 0.15], [2, 0.25]],
      Train: ['epoch', 2, [1, 0.5], [2, 0.4]],
      Val: ['epoch', 2, [1, 0.6], [2, 0.5]],
      mae: ['epoch', 2, [1, 0.1], [2, 0.2]],
      rmse: ['epoch', 2, [1, 0.15], [2, 0.25]],
    },
  },
];

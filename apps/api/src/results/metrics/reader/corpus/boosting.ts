import { type CorpusCase, lines, loop } from './corpus-case.js';

export const boosting: CorpusCase[] = [
  {
    style: 'XGBoost',
    form: 'dmlc/xgboost, python-package/xgboost/callback.py',
    output: lines(
      loop(0, 40, (i) => `[${i}]\ttrain-logloss:0.${60 - i}\teval-logloss:0.${70 - i}\teval-auc:0.${50 + i}`, 10),
      loop(0, 1, (i) => `[${i}]\ttrain-rmse:${i + 1}.5+0.01\ttest-rmse:${i + 2}.5+0.02`),
    ),
    series: {
      'train-logloss': ['step', 5, [0, 0.6], [40, 0.2]],
      'eval-logloss': ['step', 5, [0, 0.7], [40, 0.3]],
      'eval-auc': ['step', 5, [0, 0.5], [40, 0.9]],
      'train-rmse': ['step', 2, [0, 1.5], [1, 2.5]],
      'test-rmse': ['step', 2, [0, 2.5], [1, 3.5]],
    },
  },
  {
    style: 'LightGBM',
    form: 'microsoft/LightGBM, python-package/lightgbm/callback.py',
    output: lines(
      '[LightGBM] [Info] Number of positive: 212, number of negative: 357',
      '[LightGBM] [Info] Total Bins 4542',
      '[LightGBM] [Info] [binary:BoostFromScore]: pavg=0.372 -> initscore=-0.521',
      "Training until validation scores don't improve for 10 rounds",
      loop(
        10,
        50,
        (i) =>
          `[${i}]\ttraining's binary_logloss: 0.${60 - i}\tvalid_1's binary_logloss: 0.${70 - i}\tvalid_1's auc: 0.${30 + i}`,
        10,
      ),
      'Early stopping, best iteration is:',
      "[42]\tvalid_1's binary_logloss: 0.105\tvalid_1's auc: 0.85",
    ),
    series: {
      'training binary_logloss': ['step', 5, [10, 0.5], [50, 0.1]],
      'valid_1 binary_logloss': ['step', 5, [10, 0.6], [50, 0.2]],
      'valid_1 auc': ['step', 5, [10, 0.4], [50, 0.8]],
    },
    finals: { 'valid_1 binary_logloss': 0.105, 'valid_1 auc': 0.85 },
  },
  {
    style: 'CatBoost',
    form: 'catboost/catboost, documentation of the training output',
    output: lines(
      'Learning rate set to 0.08',
      loop(0, 2, (i) => `${i}:\tlearn: 0.6${i}\ttest: 0.7${i}\tbest: 0.7${i} (${i})\ttotal: 57ms\tremaining: 9m 31s`),
      '',
      'bestTest = 0.4712',
      'bestIteration = 2',
      '',
      'Shrink model to first 3 iterations.',
    ),
    series: { learn: ['step', 3, [0, 0.6], [2, 0.62]], test: ['step', 3, [0, 0.7], [2, 0.72]] },
    finals: { bestTest: 0.4712 },
  },
  {
    style: 'scikit-learn: perceptrons',
    form: 'scikit-learn/scikit-learn, neural_network/_multilayer_perceptron.py, run with version 1.2',
    output: lines(
      loop(1, 4, (i) => `Iteration ${i}, loss = ${i}.16485501\nValidation score: 0.${i}`),
      'Validation score did not improve more than tol=0.000100 for 10 consecutive epochs. Stopping.',
    ),
    series: {
      loss: ['step', 4, [1, 1.16485501], [4, 4.16485501]],
      'Validation score': ['step', 4, [1, 0.1], [4, 0.4]],
    },
  },
  {
    style: 'scikit-learn: gradient boosting',
    form: 'scikit-learn/scikit-learn, ensemble/_gb.py, run with version 1.2',
    output: lines(
      '      Iter       Train Loss      OOB Improve   Remaining Time ',
      loop(1, 10, (i) => `${String(i).padStart(10)}           1.${i}          0.0${i}            0.53s`),
      '        20           0.5          0.01            1.23m',
    ),
    series: { 'Train Loss': ['step', 11, [1, 1.1], [20, 0.5]], 'OOB Improve': ['step', 11, [1, 0.01], [20, 0.01]] },
  },
  {
    style: 'scikit-learn: searches',
    form: 'scikit-learn/scikit-learn, model_selection/_validation.py, run with version 1.2',
    output: lines(
      'Fitting 3 folds for each of 2 candidates, totalling 6 fits',
      loop(1, 3, (i) => `[CV ${i}/3] END ..................C=1, gamma=0.001;, score=0.9${i} total time=   0.0s`),
      loop(1, 3, (i) => `[CV ${i}/3] END .................C=10, gamma=0.001;, score=0.8${i} total time=   0.0s`),
      "Best parameters: {'C': 10, 'gamma': 0.001}",
      'Best score: 0.93',
    ),
    series: { score: ['index', 6, [0, 0.91], [5, 0.83]] },
    finals: { 'Best score': 0.93 },
  },
  {
    style: 'scikit-learn: searches with several scores',
    form: 'scikit-learn/scikit-learn, model_selection/_validation.py',
    output: lines(
      loop(
        1,
        2,
        (i) =>
          `[CV ${i}/2] END ....C=1; accuracy: (train=0.9${i}, test=0.8${i}) f1: (train=0.7${i}, test=0.6${i}) total time=   0.1s`,
      ),
    ),
    series: {
      'train accuracy': ['index', 2, [0, 0.91], [1, 0.92]],
      'test accuracy': ['index', 2, [0, 0.81], [1, 0.82]],
      'train f1': ['index', 2, [0, 0.71], [1, 0.72]],
      'test f1': ['index', 2, [0, 0.61], [1, 0.62]],
    },
  },
  {
    style: 'scikit-learn: a report',
    form: 'scikit-learn/scikit-learn, metrics/_classification.py, run with version 1.2',
    output: lines(
      '              precision    recall  f1-score   support',
      '',
      '           0       0.98      0.97      0.98        89',
      '           1       0.81      0.88      0.84        91',
      '',
      '    accuracy                           0.89       180',
      '   macro avg       0.90      0.92      0.91       180',
      'weighted avg       0.93      0.94      0.95       180',
      '',
      'accuracy: 0.887',
    ),
    series: {},
    finals: {
      accuracy: 0.887,
      'macro avg precision': 0.9,
      'macro avg recall': 0.92,
      'macro avg f1-score': 0.91,
      'weighted avg precision': 0.93,
      'weighted avg recall': 0.94,
      'weighted avg f1-score': 0.95,
    },
  },
];

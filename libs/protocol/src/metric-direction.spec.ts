import { metricDirection, metricWords } from './metric-direction.js';

describe('the direction of a metric', () => {
  it.each([
    'loss',
    'Loss',
    'trainLoss',
    'val_loss',
    'Val. Loss',
    'valLoss',
    'logloss',
    'train-logloss',
    "valid_1's binary_logloss",
    'crossentropy',
    'cross_entropy',
    'losses',
    'CELoss',
    'loss1',
    'mape',
    'rmsle',
    'MAE',
    'mse',
    'val/rmse',
    'bce',
    'val_bce',
    'fid',
    'kl',
    'perplexity',
    'ppl',
    'error',
    'error_rate',
    'eer',
    'bpb',
    'deviance',
    'wer',
    'nll_loss',
    'negative log likelihood',
    "valid_0's l2",
    'bits_per_byte',
    'AIC',
    'brier_score',
    'top1_error',
    'reward_loss',
    'false positive rate',
    'inertia_',
  ])('%s: lower', (name) => {
    expect(metricDirection(name)).toBe('lower');
  });

  it.each([
    'Explained variance',
    'exact_match',
    'pass@1',
    'winrate',
    'R-squared',
    'R^2',
    'Test R²',
    'Adj. R-squared',
    'accuracy',
    'acc',
    'val_acc',
    'Accuracy',
    'sparse_categorical_accuracy',
    'Acc@1',
    'top5',
    'f1',
    'F1-score',
    'macro avg f1-score',
    'auc',
    'mAP',
    'metrics/mAP50(B)',
    'mAP50-95',
    'mIoU',
    'r2',
    'R2',
    'reward',
    'ep_rew_mean',
    'bleu',
    'iou',
    'dice',
    'Validation score',
    'success_rate',
    'neg_mean_squared_error',
    'neg_log_loss',
    'log_likelihood',
    'psnr',
    'hits@10',
    'AP@0.5',
  ])('%s: higher', (name) => {
    expect(metricDirection(name)).toBe('higher');
  });

  it.each([
    'lr',
    'learning_rate',
    'loss_improvement',
    'loss_scale',
    'loss_weight',
    'grad_norm',
    'entropy',
    'epsilon',
    'speed',
    'x',
    '',
    'ratio',
    'accuracy_std',
    'temperature',
    'lossy',
  ])('%s: not known', (name) => {
    expect(metricDirection(name)).toBeNull();
  });

  it('reads the same words from every spelling', () => {
    for (const name of ['val_loss', 'valLoss', 'Val Loss', 'val/loss', 'VAL-LOSS'])
      expect(metricWords(name)).toEqual(['val', 'loss']);
  });

  it('takes a long name in linear time', () => {
    const start = performance.now();
    for (let i = 0; i < 100; i++) metricDirection('aA1_'.repeat(50_000));
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

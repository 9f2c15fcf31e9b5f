import { type CorpusCase, lines } from './corpus-case.js';

/** As programs say in words what came out in the end. */
export const results: CorpusCase[] = [
  {
    style: 'sentences about a result',
    form: 'loops as people write them in tutorials and questions',
    output: lines(
      'Final Test Accuracy: 91.20%',
      'Evaluation complete: mean reward 200 +/- 10',
      'The top-5 accuracy is 95.2%',
      'Average reward over 100 episodes: 195.3',
      'Best loss over last 10 epochs: 0.25',
      'Success rate: 95%',
      'Score of player 1: Alice',
      'RMSE = 0.55 on the test set',
      'Accuracy on validation 0.95 loss 0.31',
    ),
    series: {},
    finals: {
      'Final Test Accuracy': 91.2,
      'mean reward': 200,
      'top-5 accuracy': 95.2,
      'Average reward': 195.3,
      'Best loss': 0.25,
      'Success rate': 95,
      RMSE: 0.55,
      'Accuracy on validation': 0.95,
      loss: 0.31,
    },
  },
  {
    style: 'measures that are called coefficients, and those in brackets',
    form: 'apache/spark, examples of ml; scikit-learn/scikit-learn, manifold/_t_sne.py',
    output: lines(
      'Root Mean Squared Error (RMSE) on test data = 0.432',
      'Mean Absolute Error (MAE): 3.2',
      'Dice coefficient: 0.88',
      'Matthews correlation coefficient: 0.65',
      'entropy_coef: 0.01',
      'KL divergence after 1000 iterations: 0.9',
    ),
    series: {},
    finals: {
      'Root Mean Squared Error': 0.432,
      'Mean Absolute Error (MAE)': 3.2,
      'Dice coefficient': 0.88,
      'Matthews correlation coefficient': 0.65,
      'KL divergence': 0.9,
    },
  },
  {
    style: 'colons right behind names with a number, and evaluations of two sets',
    form: 'leftthomas/SimCLR, main.py; graphdeco-inria/gaussian-splatting, train.py; NVlabs/stylegan3, metrics',
    output: lines(
      'Test Epoch: [1/500] Acc@1:45.12% Acc@5:95.12% mAP@.5:.95: 0.31',
      'Test Epoch: [2/500] Acc@1:47.12% Acc@5:96.12% mAP@.5:.95: 0.32',
      '[ITER 7000] Evaluating test: L1 0.0212 PSNR 27.12',
      '[ITER 7000] Evaluating train: L1 0.0112 PSNR 29.12',
      '[ITER 30000] Evaluating test: L1 0.0202 PSNR 28.12',
      '[ITER 30000] Evaluating train: L1 0.0102 PSNR 30.12',
      '{"results": {"fid50k_full": 12.3}, "metric": "fid50k_full", "total_time": 60.1, "timestamp": 1600000000.1}',
    ),
    series: {
      'test/Acc@1': ['epoch', 2, [1, 45.12], [2, 47.12]],
      'test/Acc@5': ['epoch', 2, [1, 95.12], [2, 96.12]],
      'test/mAP@.5:.95': ['epoch', 2, [1, 0.31], [2, 0.32]],
      'test/PSNR': ['step', 2, [7000, 27.12], [30_000, 28.12]],
      'train/PSNR': ['step', 2, [7000, 29.12], [30_000, 30.12]],
    },
    finals: { 'results/fid50k_full': 12.3 },
  },
];

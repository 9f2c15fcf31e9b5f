import { type CorpusCase, lines, loop } from './corpus-case.js';

/** Toolkits for speech, vision, boosting and agents, each with a habit of its own. */
export const toolkits: CorpusCase[] = [
  {
    style: 'ESPnet writes the number before its word',
    form: 'espnet/espnet, espnet2/train/trainer.py and reporter.py',
    output: lines(
      loop(
        1,
        2,
        (e) =>
          `[host] 2026-11-28 13:47:27,123 (trainer:772) INFO: ${e}epoch:train:1-100batch: iter_time=1.2e-04, loss_ctc=8${e}.5, acc=0.${e}, loss=5${e}.5, optim0_lr0=1e-05, train_time=0.5\n[host] 2026-11-28 13:47:28,123 (trainer:772) INFO: ${e}epoch:train:101-200batch: iter_time=1.2e-04, loss_ctc=7${e}.5, acc=0.${e}5, loss=4${e}.5, optim0_lr0=1e-05, train_time=0.5\n[host] 2026-11-28 13:49:27,123 (trainer:360) INFO: ${e}epoch results: [train] iter_time=1.2e-04, loss_ctc=7${e}.75, loss=4${e}.75, time=5 minutes [valid] loss_ctc=6${e}.5, acc=0.${e}25, loss=3${e}.5, time=10 seconds`,
      ),
    ),
    series: {
      'train/loss_ctc': ['step', 4, [100, 81.5], [400, 72.5]],
      'train/acc': ['step', 4, [100, 0.1], [400, 0.25]],
      'train/loss': ['step', 4, [100, 51.5], [400, 42.5]],
      'train/optim0_lr0': ['step', 4, [100, 1e-5], [400, 1e-5]],
      'train/loss_ctc (epoch)': ['epoch', 2, [1, 71.75], [2, 72.75]],
      'train/loss (epoch)': ['epoch', 2, [1, 41.75], [2, 42.75]],
      'val/loss_ctc': ['epoch', 2, [1, 61.5], [2, 62.5]],
      'val/acc': ['epoch', 2, [1, 0.125], [2, 0.225]],
      'val/loss': ['epoch', 2, [1, 31.5], [2, 32.5]],
    },
  },
  {
    style: 'Swin: the caller in brackets, epochs and batches as two pairs behind a phase',
    form: 'microsoft/Swin-Transformer, main.py and logger.py',
    output: lines(
      loop(
        0,
        1,
        (e) =>
          `[2026-11-28 13:47:27 swin_tiny_patch4_window7_224](main.py 195): INFO Train: [${e}/300][0/1251]\teta 2:00:00 lr 0.000001\ttime 5.2 (5.2)\tloss 6.${e} (6.9)\tgrad_norm 1.${e} (1.2)\tmem 8000MB\n[2026-11-28 13:47:27 swin_tiny_patch4_window7_224](main.py 195): INFO Train: [${e}/300][10/1251]\teta 2:00:00 lr 0.000001\ttime 5.2 (5.2)\tloss 5.${e} (6.9)\tgrad_norm 1.${e} (1.2)\tmem 8000MB\n[2026-11-28 13:47:27 swin_tiny_patch4_window7_224](main.py 204): INFO EPOCH ${e} training takes 0:10:00\n[2026-11-28 13:47:27 swin_tiny_patch4_window7_224](main.py 249): INFO  * Acc@1 69.${e} Acc@5 88.${e}`,
      ),
    ),
    series: {
      loss: ['step', 4, [0, 6], [1261, 5.1]],
      grad_norm: ['step', 4, [0, 1], [1261, 1.1]],
      'Acc@1': ['epoch', 2, [0, 69], [1, 69.1]],
      'Acc@5': ['epoch', 2, [0, 88], [1, 88.1]],
    },
  },
  {
    style: 'ultralytics: boxes and masks',
    form: 'ultralytics/ultralytics, models/yolo/segment/val.py',
    output: lines(
      loop(
        1,
        2,
        (e) =>
          `      Epoch    GPU_mem   box_loss   seg_loss  Instances       Size\n        ${e}/2      2.45G      1.${e}       2.${e}         22        640: 100%|██████████| 4/4 [00:02<00:00,  3.5it/s]\n                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95)     Mask(P          R      mAP50  mAP50-95): 100%|██████████| 4/4 [00:01<00:00,  2.9it/s]\n                   all        128        929      0.6${e}      0.5${e}      0.4${e}       0.3${e}      0.7${e}      0.8${e}      0.9${e}       0.2${e}`,
      ),
    ),
    series: {
      box_loss: ['epoch', 2, [1, 1.1], [2, 1.2]],
      seg_loss: ['epoch', 2, [1, 2.1], [2, 2.2]],
      P: ['epoch', 2, [1, 0.61], [2, 0.62]],
      R: ['epoch', 2, [1, 0.51], [2, 0.52]],
      mAP50: ['epoch', 2, [1, 0.41], [2, 0.42]],
      'mAP50-95': ['epoch', 2, [1, 0.31], [2, 0.32]],
      'Mask P': ['epoch', 2, [1, 0.71], [2, 0.72]],
      'Mask R': ['epoch', 2, [1, 0.81], [2, 0.82]],
      'Mask mAP50': ['epoch', 2, [1, 0.91], [2, 0.92]],
      'Mask mAP50-95': ['epoch', 2, [1, 0.21], [2, 0.22]],
    },
  },
  {
    style: 'LightGBM on the command line',
    form: 'microsoft/LightGBM, src/boosting/gbdt.cpp',
    output: lines(
      '[LightGBM] [Info] Number of positive: 212, number of negative: 357',
      loop(
        1,
        2,
        (i) =>
          `[LightGBM] [Info] Iteration:${i}, training auc : 0.9${i}\n[LightGBM] [Info] Iteration:${i}, valid_1 binary_logloss : 0.6${i}\n[LightGBM] [Info] 0.012345 seconds elapsed, finished iteration ${i}`,
      ),
    ),
    series: {
      'training auc': ['step', 2, [1, 0.91], [2, 0.92]],
      'valid_1 binary_logloss': ['step', 2, [1, 0.61], [2, 0.62]],
    },
  },
  {
    style: 'XGBoost tells the best iteration again',
    form: 'dmlc/xgboost before 1.3, python-package/xgboost/callback.py',
    output: lines(
      "Will train until validation_0-auc hasn't improved in 10 rounds.",
      loop(0, 30, (i) => `[${i}]\tvalidation_0-auc:0.7${i}`, 10),
      'Stopping. Best iteration:',
      '[20]\tvalidation_0-auc:0.82639',
    ),
    series: { 'validation_0-auc': ['step', 4, [0, 0.7], [30, 0.73]] },
    finals: { 'validation_0-auc': 0.82639 },
  },
  {
    style: 'processes that mpirun tags',
    form: 'Open MPI, --tag-output; horovodrun',
    output: lines(
      loop(1, 2, (e) => `[1,0]<stdout>:epoch ${e} loss=0.${e}\n[1,1]<stdout>:epoch ${e} loss=0.${e}5`),
      '[1,0]<stderr>:WARNING: something',
    ),
    series: { 'rank0/loss': ['epoch', 2, [1, 0.1], [2, 0.2]], 'rank1/loss': ['epoch', 2, [1, 0.15], [2, 0.25]] },
  },
  {
    style: 'steps in the plural',
    form: 'jik876/hifi-gan, train.py; BrainJS/brain.js, src/neural-network.ts',
    output: lines(
      loop(100, 300, (s) => `Steps : ${s}, Gen Loss Total : ${s}.5, Mel-Spec. Error : 0.${s}, s/b : 0.512`, 100),
      loop(10, 30, (s) => `iterations: ${s}, training error: 0.${s}`, 10),
    ),
    series: {
      'Gen Loss Total': ['step', 3, [100, 100.5], [300, 300.5]],
      Error: ['step', 3, [100, 0.1], [300, 0.3]],
      'training error': ['step', 3, [10, 0.1], [30, 0.3]],
    },
  },
  {
    style: 'a plural that is printed once counts nothing',
    form: 'loops as people write them in tutorials and questions',
    output: lines('iterations: 1000, accuracy: 0.95'),
    series: {},
    finals: { accuracy: 0.95 },
  },
  {
    style: 'ML-Agents: a deviation of the reward is no reward',
    form: 'Unity-Technologies/ml-agents, trainers/stats.py',
    output: lines(
      loop(
        1,
        2,
        (s) =>
          `[INFO] 3DBall. Step: ${s}2000. Time Elapsed: 20.123 s. Mean Reward: ${s}.234. Std of Reward: 0.${s}12. Training.`,
      ),
    ),
    series: {
      'Mean Reward': ['step', 2, [12_000, 1.234], [22_000, 2.234]],
      'Std of Reward': ['step', 2, [12_000, 0.112], [22_000, 0.212]],
    },
  },
  {
    style: 'Composer: a total of losses',
    form: 'mosaicml/composer, loggers/console_logger.py',
    output: lines(
      loop(
        1,
        2,
        (b) =>
          `[batch=${b}/100]:\n\t Train time/epoch: 0\n\t Train time/batch: ${b - 1}\n\t Train loss/train/total: 2.${b}`,
      ),
    ),
    series: { 'Train loss/train/total': ['step', 2, [1, 2.1], [2, 2.2]] },
  },
  {
    style: 'a count before brackets, and a dot behind a shortened name',
    form: 'eriklindernoren/Keras-GAN, gan/gan.py',
    output: lines(loop(0, 2, (e) => `${e} [D loss: 0.${e}12, acc.: 5${e}.00%] [G loss: 0.9${e}]`)),
    series: {
      'D loss': ['step', 3, [0, 0.012], [2, 0.212]],
      'acc.': ['step', 3, [0, 50], [2, 52]],
      'G loss': ['step', 3, [0, 0.9], [2, 0.92]],
    },
  },
  {
    style: 'a number behind the word of place',
    form: 'sfujim/TD3, main.py; harvardnlp/annotated-transformer; loops of one’s own',
    output: lines(
      loop(5, 6, (e) => `Total T: ${e}000 Episode Num: ${e} Episode T: 200 Reward: -12${e}.5`),
      loop(1, 41, (s) => `Epoch Step: ${s} | Accumulation Step:   2 | Loss:   3.${s} | Learning Rate: 5.5e-06`, 40),
      loop(1, 2, (e) => `Epoch No: ${e} mse: 0.${e}`),
    ),
    series: {
      'Episode T': ['step', 2, [5, 200], [6, 200]],
      Reward: ['step', 2, [5, -125.5], [6, -126.5]],
      Loss: ['step', 2, [1, 3.1], [41, 3.41]],
      'Learning Rate': ['step', 2, [1, 5.5e-6], [41, 5.5e-6]],
      mse: ['epoch', 2, [1, 0.1], [2, 0.2]],
    },
  },
  {
    style: 'a phase alone on a line, then the epoch once more',
    form: 'jfzhang95/pytorch-deeplab-xception, train.py',
    output: lines(
      loop(
        0,
        1,
        (e) =>
          `[Epoch: ${e}, numImages:   160]\nLoss: 12.${e}\nValidation:\n[Epoch: ${e}, numImages:    40]\nAcc:0.9${e}, mIoU:0.4${e}\nLoss: 5.${e}`,
      ),
    ),
    series: {
      Loss: ['epoch', 2, [0, 12], [1, 12.1]],
      'val/Acc': ['epoch', 2, [0, 0.9], [1, 0.91]],
      'val/mIoU': ['epoch', 2, [0, 0.4], [1, 0.41]],
      'val/Loss': ['epoch', 2, [0, 5], [1, 5.1]],
    },
  },
];

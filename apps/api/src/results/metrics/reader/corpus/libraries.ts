import { type CorpusCase, lines, loop } from './corpus-case.js';

export const libraries: CorpusCase[] = [
  {
    style: 'PyTorch quickstart',
    form: 'pytorch/tutorials, beginner_source/basics/quickstart_tutorial.py',
    output: lines(
      loop(
        1,
        3,
        (e) =>
          `Epoch ${e}\n-------------------------------\n${loop(0, 900, (b) => `loss: ${e}.${b}  [${String((b + 1) * 64).padStart(5)}/60000]`, 300)}\nTest Error: \n Accuracy: 6${e}.5%, Avg loss: 1.${e} \n`,
      ),
    ),
    series: {
      loss: ['step', 12, [64, 1], [177_664, 3.9]],
      'test/Accuracy': ['epoch', 3, [1, 61.5], [3, 63.5]],
      'test/Avg loss': ['epoch', 3, [1, 1.1], [3, 1.3]],
    },
  },
  {
    style: 'PyTorch classifier tutorial',
    form: 'pytorch/tutorials, beginner_source/blitz/cifar10_tutorial.py',
    output: lines(
      loop(1, 2, (e) => loop(2000, 6000, (i) => `[${e}, ${String(i).padStart(5)}] loss: ${e}.${i}`, 2000)),
      'Finished Training',
    ),
    series: { loss: ['step', 6, [2000, 1.2], [12_000, 2.6]] },
  },
  {
    style: 'PyTorch MNIST example',
    form: 'pytorch/examples, mnist/main.py',
    output: lines(
      loop(
        1,
        2,
        (e) =>
          `${loop(0, 1280, (b) => `Train Epoch: ${e} [${b}/60000 (${Math.floor(b / 600)}%)]\tLoss: ${e}.${b}`, 640)}\n\nTest set: Average loss: 0.${e}, Accuracy: 9${e}00/10000 (9${e}%)\n`,
      ),
    ),
    series: {
      Loss: ['step', 6, [0, 1], [61_280, 2.128]],
      'test/Average loss': ['epoch', 2, [1, 0.1], [2, 0.2]],
      'test/Accuracy': ['epoch', 2, [1, 91], [2, 92]],
    },
  },
  {
    style: 'PyTorch ImageNet example',
    form: 'pytorch/examples, imagenet/main.py',
    output: lines(
      loop(
        0,
        1,
        (e) =>
          `${loop(0, 20, (i) => `Epoch: [${e}][${String(i).padStart(4)}/5005]\tTime  0.212 ( 0.985)\tData  0.000 ( 0.131)\tLoss 6.9${i}e+00 (7.1e+00)\tAcc@1   0.${i} (  0.10)\tAcc@5   1.${i} (  0.50)`, 10)}\nTest: [  0/196]\tTime  2.1 ( 2.1)\tLoss 1.${e}e+00 (1.1e+00)\tAcc@1  70.${e} ( 70.1)\tAcc@5  90.${e} ( 90.1)\n *   Acc@1 69.${e} Acc@5 89.${e}`,
      ),
    ),
    series: {
      Loss: ['step', 6, [0, 6.9], [5025, 6.92]],
      'Acc@1': ['step', 6, [0, 0], [5025, 0.2]],
      'Acc@5': ['step', 6, [0, 1], [5025, 1.2]],
      'test/Loss': ['step', 2, [0, 1], [196, 1.1]],
      'test/Acc@1': ['step', 2, [0, 70], [196, 70.1]],
      'test/Acc@5': ['step', 2, [0, 90], [196, 90.1]],
      'test/Acc@1 (epoch)': ['epoch', 2, [0, 69], [1, 69.1]],
      'test/Acc@5 (epoch)': ['epoch', 2, [0, 89], [1, 89.1]],
    },
  },
  {
    style: 'word language model',
    form: 'pytorch/examples, word_language_model/main.py',
    output: lines(
      loop(
        1,
        2,
        (e) =>
          `${loop(200, 400, (b) => `| epoch   ${e} | ${String(b).padStart(5)}/ 2983 batches | lr 20.00 | ms/batch 12.30 | loss  ${e}.${b} | ppl ${e}63.${b}`, 200)}\n-----------------------------------------\n| end of epoch   ${e} | time: 41.49s | valid loss  5.${e} | valid ppl   35${e}.5\n-----------------------------------------`,
      ),
      '=========================================',
      '| End of training | test loss  4.87 | test ppl   130.10',
      '=========================================',
    ),
    series: {
      lr: ['step', 4, [200, 20], [3383, 20]],
      loss: ['step', 4, [200, 1.2], [3383, 2.4]],
      ppl: ['step', 4, [200, 163.2], [3383, 263.4]],
      'valid loss': ['epoch', 2, [1, 5.1], [2, 5.2]],
      'valid ppl': ['epoch', 2, [1, 351.5], [2, 352.5]],
    },
    finals: { 'test loss': 4.87, 'test ppl': 130.1 },
  },
  {
    style: 'nanoGPT',
    form: 'karpathy/nanoGPT, train.py',
    output: lines(
      'tokens per iteration will be: 491,520',
      'number of parameters: 10.65M',
      loop(
        0,
        500,
        (s) =>
          `step ${s}: train loss 4.${s}, val loss 5.${s}\n${loop(s, s + 20, (i) => `iter ${i}: loss 3.${i}, time 37.55ms, mfu -100.00%`, 10)}`,
        250,
      ),
      'saving checkpoint to out',
    ),
    series: {
      'train loss': ['step', 3, [0, 4], [500, 4.5]],
      'val loss': ['step', 3, [0, 5], [500, 5.5]],
      loss: ['step', 9, [0, 3], [520, 3.52]],
      mfu: ['step', 9, [0, -100], [520, -100]],
    },
  },
  {
    style: 'timm',
    form: 'huggingface/pytorch-image-models, train.py',
    output: lines(
      loop(
        0,
        1,
        (e) =>
          `${loop(0, 100, (b) => `Train: ${e} [${String(b).padStart(4)}/1251 (${String(Math.floor(b / 12.5)).padStart(3)}%)]  Loss: 6.${b} (6.9)  Time: 0.500s, 512.00/s  (0.500s, 512.00/s)  LR: 1.000e-05  Data: 0.200 (0.200)`, 50)}\nTest: [   0/48]  Time: 1.2 (1.2)  Loss:  0.8${e} (0.81)  Acc@1: 79.${e} (79.1)  Acc@5: 95.${e} (95.1)`,
      ),
      '*** Best metric: 81.2 (epoch 1)',
    ),
    series: {
      Loss: ['step', 6, [0, 6], [1351, 6.1]],
      LR: ['step', 6, [0, 1e-5], [1351, 1e-5]],
      'test/Loss': ['step', 2, [0, 0.8], [48, 0.81]],
      'test/Acc@1': ['step', 2, [0, 79], [48, 79.1]],
      'test/Acc@5': ['step', 2, [0, 95], [48, 95.1]],
    },
    finals: { 'Best metric': 81.2 },
  },
  {
    style: 'mmengine',
    form: 'open-mmlab/mmengine, runner/log_processor.py',
    output: lines(
      loop(
        1,
        2,
        (e) =>
          `${loop(50, 100, (i) => `2026/11/28 13:47:27 - mmengine - INFO - Epoch(train) [${e}][${String(i).padStart(3)}/100]  base_lr: 1.0000e-02 lr: 1.0000e-02  eta: 1:23:45  time: 0.3921  data_time: 0.0112  memory: 4520  loss: ${e}.${i}  loss_cls: 0.${i}`, 50)}\n2026/11/28 13:47:27 - mmengine - INFO - Epoch(val) [${e}][50/50]    coco/bbox_mAP: 0.3${e}  data_time: 0.0112  time: 0.3921`,
      ),
    ),
    series: {
      base_lr: ['step', 4, [50, 0.01], [200, 0.01]],
      lr: ['step', 4, [50, 0.01], [200, 0.01]],
      loss: ['step', 4, [50, 1.5], [200, 2.1]],
      loss_cls: ['step', 4, [50, 0.5], [200, 0.1]],
      'val/coco/bbox_mAP': ['epoch', 2, [1, 0.31], [2, 0.32]],
    },
  },
  {
    style: 'detectron2, and the summary of COCO',
    form: 'facebookresearch/detectron2, utils/events.py; cocodataset/cocoapi, cocoeval.py',
    output: lines(
      loop(
        19,
        59,
        (i) =>
          `[11/28 13:47:27 d2.utils.events]:  eta: 0:10:21  iter: ${i}  total_loss: 2.${i}  loss_cls: 0.${i}  time: 0.2112  last_time: 0.2001  data_time: 0.0030  last_data_time: 0.002   lr: 0.0003  max_mem: 2345M`,
        20,
      ),
      ' Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.312',
      ' Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=  1 ] = 0.281',
    ),
    series: {
      total_loss: ['step', 3, [19, 2.19], [59, 2.59]],
      loss_cls: ['step', 3, [19, 0.19], [59, 0.59]],
      lr: ['step', 3, [19, 0.0003], [59, 0.0003]],
    },
    finals: { 'AP IoU=0.50:0.95 area=all maxDets=100': 0.312, 'AR IoU=0.50:0.95 area=all maxDets=1': 0.281 },
  },
  {
    style: 'fairseq',
    form: 'facebookresearch/fairseq, logging/progress_bar.py (simple)',
    output: lines(
      loop(
        1,
        3,
        (e) =>
          `2026-11-28 13:47:27 | INFO | train | epoch ${String(e).padStart(3, '0')} | loss ${e}.5 | nll_loss ${e}.25 | ppl 3${e}.5 | wps 3125.6 | ups 2.1 | wpb 1490 | bsz 64 | num_updates ${100 * e} | lr 0.0005 | gnorm 1.2 | train_wall 62 | gb_free 14.2 | wall 68\n2026-11-28 13:47:29 | INFO | valid | epoch ${String(e).padStart(3, '0')} | valid on 'valid' subset | loss ${e}.75 | ppl 4${e}.5 | num_updates ${100 * e} | best_loss 1.75`,
      ),
    ),
    series: {
      loss: ['step', 3, [100, 1.5], [300, 3.5]],
      nll_loss: ['step', 3, [100, 1.25], [300, 3.25]],
      ppl: ['step', 3, [100, 31.5], [300, 33.5]],
      lr: ['step', 3, [100, 0.0005], [300, 0.0005]],
      gnorm: ['step', 3, [100, 1.2], [300, 1.2]],
      'val/loss': ['step', 3, [100, 1.75], [300, 3.75]],
      'val/ppl': ['step', 3, [100, 41.5], [300, 43.5]],
      best_loss: ['step', 3, [100, 1.75], [300, 1.75]],
    },
  },
  {
    style: 'Megatron',
    form: 'NVIDIA/Megatron-LM, megatron/training/training.py',
    output: lines(
      loop(
        100,
        300,
        (i) =>
          ` [2026-11-28 13:47:27] iteration      ${i}/  500000 | consumed samples:        51200 | elapsed time per iteration (ms): 500.0 | learning rate: 1.500000E-04 | global batch size:   512 | lm loss: 7.${i}E+00 | loss scale: 1.0 | grad norm: 1.${i} | number of skipped iterations:   0 | number of nan iterations:   0 |`,
        100,
      ),
    ),
    series: {
      'learning rate': ['step', 3, [100, 1.5e-4], [300, 1.5e-4]],
      'lm loss': ['step', 3, [100, 7.1], [300, 7.3]],
      'loss scale': ['step', 3, [100, 1], [300, 1]],
      'grad norm': ['step', 3, [100, 1.1], [300, 1.3]],
    },
  },
  {
    style: 'logging of Python',
    form: 'a format with time, level and name',
    output: lines(
      loop(
        0,
        2,
        (e) =>
          `2026-11-28 13:47:2${e},123 - INFO - train -   Epoch ${e}: train_loss=0.${e}5, valid_loss=0.${e}25, lr=1.0e-03`,
      ),
      '2026-11-28 13:47:27,123 epoch 3 step 120 eta: 0:12:01 samples: 1,234,567 speed: 1,024.5 img/s t_loss: 0.123 mem: 4.5GB gpu: 87%',
      '2026-11-28 13:47:28,123 epoch 3 step 140 eta: 0:11:01 samples: 1,334,567 speed: 1,024.5 img/s t_loss: 0.113 mem: 4.5GB gpu: 87%',
    ),
    series: {
      train_loss: ['epoch', 3, [0, 0.05], [2, 0.25]],
      valid_loss: ['epoch', 3, [0, 0.025], [2, 0.225]],
      lr: ['epoch', 3, [0, 0.001], [2, 0.001]],
      t_loss: ['step', 2, [120, 0.123], [140, 0.113]],
    },
  },
  {
    style: 'estimators of TensorFlow, and glog',
    form: 'tensorflow/estimator; abseil/abseil-py, logging',
    output: lines(
      loop(100, 300, (s) => `INFO:tensorflow:loss = 0.${s}, step = ${s} (3.412 sec)`, 100),
      'INFO:tensorflow:global_step/sec: 29.31',
      loop(1, 2, (s) => `I1128 13:47:27.123456 139872 train.py:31] step: ${s}00, train_loss: 1.${s}`),
    ),
    series: { loss: ['step', 3, [100, 0.1], [300, 0.3]], train_loss: ['step', 2, [100, 1.1], [200, 1.2]] },
  },
  {
    style: 'Optuna',
    form: 'optuna/optuna, study/study.py',
    output: lines(
      loop(
        0,
        2,
        (t) =>
          `[I 2026-11-28 13:47:27,123] Trial ${t} finished with value: 0.${t + 5} and parameters: {'x': ${t}.5, 'lr': 0.01}. Best is trial 0 with value: 0.5.`,
      ),
    ),
    series: { value: ['step', 3, [0, 0.5], [2, 0.7]] },
  },
  {
    style: 'flax and catalyst',
    form: 'google/flax, examples/mnist/train.py; catalyst-team/catalyst, callbacks',
    output: lines(
      loop(
        1,
        2,
        (e) => `train epoch: ${e}, loss: 0.${e}, accuracy: 9${e}.5\neval epoch: ${e}, loss: 0.${e}5, accuracy: 8${e}.5`,
      ),
      loop(
        3,
        4,
        (e) =>
          `* Epoch ${e}/4 (train): map01: 0.${e} | f1: 0.${e}\n* Epoch ${e}/4 (valid): map01: 0.${e}5 | f1: 0.${e}5`,
      ),
    ),
    series: {
      loss: ['epoch', 2, [1, 0.1], [2, 0.2]],
      accuracy: ['epoch', 2, [1, 91.5], [2, 92.5]],
      'eval/loss': ['epoch', 2, [1, 0.15], [2, 0.25]],
      'eval/accuracy': ['epoch', 2, [1, 81.5], [2, 82.5]],
      map01: ['epoch', 2, [3, 0.3], [4, 0.4]],
      f1: ['epoch', 2, [3, 0.3], [4, 0.4]],
      'val/map01': ['epoch', 2, [3, 0.35], [4, 0.45]],
      'val/f1': ['epoch', 2, [3, 0.35], [4, 0.45]],
    },
  },
];

import { type CorpusCase, lines, loop } from './corpus-case.js';

const OWN = 'loops as people write them in tutorials and questions';

export const plainLoops: CorpusCase[] = [
  {
    style: 'colon after the epoch',
    form: OWN,
    output: lines(
      'device: cuda',
      'number of parameters: 178',
      loop(1, 5, (e) => `Epoch ${e}: loss=${(1 / e).toFixed(4)} val_loss=${(2 / e).toFixed(4)} val_acc=0.${e}`),
    ),
    series: {
      loss: ['epoch', 5, [1, 1], [5, 0.2]],
      val_loss: ['epoch', 5, [1, 2], [5, 0.4]],
      val_acc: ['epoch', 5, [1, 0.1], [5, 0.5]],
    },
  },
  {
    style: 'bars between train and validation',
    form: OWN,
    output: lines(
      loop(
        1,
        3,
        (e) =>
          `Epoch [${e}/3] | Train Loss: ${(1 / e).toFixed(3)} | Train Acc: ${50 + e}.00% | Val Loss: ${(2 / e).toFixed(3)} | Val Acc: ${40 + e}.50%`,
      ),
    ),
    series: {
      'Train Loss': ['epoch', 3, [1, 1], [3, 0.333]],
      'Train Acc': ['epoch', 3, [1, 51], [3, 53]],
      'Val Loss': ['epoch', 3, [1, 2], [3, 0.667]],
      'Val Acc': ['epoch', 3, [1, 41.5], [3, 43.5]],
    },
  },
  {
    style: 'the phase is said once for several values',
    form: OWN,
    output: lines(loop(1, 3, (e) => `epoch ${e} train loss=${e} acc=0.${e} test loss=${e + 1} acc=0.${e + 1}`)),
    series: {
      'train loss': ['epoch', 3, [1, 1], [3, 3]],
      'train acc': ['epoch', 3, [1, 0.1], [3, 0.3]],
      'test loss': ['epoch', 3, [1, 2], [3, 4]],
      'test acc': ['epoch', 3, [1, 0.2], [3, 0.4]],
    },
  },
  {
    style: 'phases in brackets and with a colon at the head',
    form: OWN,
    output: lines(
      loop(1, 3, (e) => `[train] epoch ${e} loss: ${e}.5\n[valid] epoch ${e} loss: ${e}.25`),
      loop(1, 2, (e) => `Epoch ${e} Training: cost: ${e}.5\nEpoch ${e} Validation: cost: ${e}.25`),
    ),
    series: {
      'train/loss': ['epoch', 3, [1, 1.5], [3, 3.5]],
      'val/loss': ['epoch', 3, [1, 1.25], [3, 3.25]],
      'train/cost': ['epoch', 2, [1, 1.5], [2, 2.5]],
      'val/cost': ['epoch', 2, [1, 1.25], [2, 2.25]],
    },
  },
  {
    style: 'steps within an epoch, and a line for each epoch with the same name',
    form: OWN,
    output: lines(
      loop(
        1,
        3,
        (e) =>
          `${loop(0, 400, (s) => `Epoch [${e}/3] Step [${s}/500] loss: ${e}.${s}`, 100)}\nEpoch ${e} done, loss: ${e}, val_loss: ${e + 1}`,
      ),
    ),
    series: {
      loss: ['step', 15, [0, 1], [1400, 3.4]],
      'loss (epoch)': ['epoch', 3, [1, 1], [3, 3]],
      val_loss: ['epoch', 3, [1, 2], [3, 4]],
    },
  },
  {
    style: 'batches that begin anew in each epoch',
    form: OWN,
    output: lines(loop(1, 3, (e) => loop(0, 900, (b) => `Epoch ${e} Batch ${b}/1000 loss: ${e}.${b}`, 100))),
    series: { loss: ['step', 30, [0, 1], [2900, 3.9]] },
  },
  {
    style: 'steps that begin anew without a total',
    form: OWN,
    output: lines(loop(0, 2, (e) => `Epoch ${e}\n${loop(50, 150, (s) => `  step ${s}: loss ${e + 1}.${s}`, 50)}`)),
    series: { loss: ['step', 9, [50, 1.5], [450, 3.15]] },
  },
  {
    style: 'a training that resumes goes back',
    form: 'wandb/wandb issue 6728',
    output: lines(
      loop(0, 9, (s) => `step=${s} loss=${s}`),
      loop(5, 14, (s) => `step=${s} loss=${s}`),
    ),
    series: { loss: ['step', 20, [0, 0], [14, 14]] },
  },
  {
    style: 'an epoch alone on a line, values below, a final accuracy',
    form: OWN,
    output: lines(
      loop(
        1,
        3,
        (e) =>
          `Epoch ${e}/3\n----------\nTrain loss: ${e}.5, accuracy: 0.${e}\nVal   loss: ${e}.25, accuracy: 0.${e + 1}`,
      ),
      'Training complete in 1m 7s',
      'Test accuracy: 0.912',
      'Best val acc: 0.94 at epoch 2',
    ),
    series: {
      'Train loss': ['epoch', 3, [1, 1.5], [3, 3.5]],
      'Train accuracy': ['epoch', 3, [1, 0.1], [3, 0.3]],
      'Val loss': ['epoch', 3, [1, 1.25], [3, 3.25]],
      'Val accuracy': ['epoch', 3, [1, 0.2], [3, 0.4]],
    },
    finals: { 'Test accuracy': 0.912, 'Best val acc': 0.94 },
  },
  {
    style: 'episodes',
    form: OWN,
    output: lines(
      loop(10, 40, (e) => `Episode ${e}\tReward: ${e * 2}.50\tAverage Score: ${e}.00\tepsilon: 0.${e}`, 10),
    ),
    series: {
      Reward: ['step', 4, [10, 20.5], [40, 80.5]],
      'Average Score': ['step', 4, [10, 10], [40, 40]],
      epsilon: ['step', 4, [10, 0.1], [40, 0.4]],
    },
  },
  {
    style: 'folds of a cross-validation keep their curves apart',
    form: OWN,
    output: lines(loop(1, 2, (f) => `Fold ${f}\n${loop(1, 3, (e) => `Epoch ${e}: loss=${f}.${e}`)}`)),
    series: { 'fold 1/loss': ['epoch', 3, [1, 1.1], [3, 1.3]], 'fold 2/loss': ['epoch', 3, [1, 2.1], [3, 2.3]] },
  },
  {
    style: 'ranks keep their curves apart',
    form: 'torchrun prefixes lines with the rank',
    output: lines(loop(1, 2, (e) => `[rank0]: epoch ${e} loss=${e}.5\n[rank1]: epoch ${e} loss=${e}.25`)),
    series: { 'rank0/loss': ['epoch', 2, [1, 1.5], [2, 2.5]], 'rank1/loss': ['epoch', 2, [1, 1.25], [2, 2.25]] },
  },
  {
    style: 'values printed again and again without a place',
    form: OWN,
    output: lines('loss: 0.9', 'loss: 0.8', 'loss: 0.7'),
    series: { loss: ['index', 3, [0, 0.9], [2, 0.7]] },
  },
  {
    style: 'explicit points',
    form: 'the format of the older system',
    output: lines('#loss 1 0.5', '  #loss 2 0.25', '#val/acc 1 nan', '#loss 3 1e-3', '# loss 4 5'),
    series: { loss: ['step', 3, [1, 0.5], [3, 0.001]], 'val/acc': ['step', 1, [1, Number.NaN], [1, Number.NaN]] },
  },
  {
    style: 'numbers with separators and units',
    form: OWN,
    output: lines(
      'epoch 1 rewards: 1,234,567 loss: 0,512 err: 12,5% speed: 1,024.5 img/s time: 12.5s',
      'epoch 2 rewards: 2,234,567 loss: 0,256 err: 11,5% speed: 1,024.5 img/s time: 12.5s',
      'epoch 3 rewards: 3.2M loss: inf err: -nan speed: 2k',
    ),
    series: {
      rewards: ['epoch', 3, [1, 1_234_567], [3, 3_200_000]],
      loss: ['epoch', 3, [1, 0.512], [3, Number.POSITIVE_INFINITY]],
      err: ['epoch', 2, [1, 12.5], [2, 11.5]],
    },
  },
  {
    style: 'sentences that tell a result',
    form: 'the classifier tutorial of PyTorch',
    output: lines(
      'Finished Training',
      'Accuracy of the network on the 10000 test images: 55 %',
      'The final F1 score is 0.71',
    ),
    series: {},
    finals: { Accuracy: 55, 'final F1 score': 0.71 },
  },
  {
    style: 'tensors and arrows',
    form: OWN,
    output: lines(
      loop(
        1,
        2,
        (e) => `Iter ${e} loss: tensor(0.${e}, grad_fn=<NllLossBackward0>) mse -> 0.${e + 1} r2 => 0.${e + 2}`,
      ),
    ),
    series: {
      loss: ['step', 2, [1, 0.1], [2, 0.2]],
      mse: ['step', 2, [1, 0.2], [2, 0.3]],
      r2: ['step', 2, [1, 0.3], [2, 0.4]],
    },
  },
];

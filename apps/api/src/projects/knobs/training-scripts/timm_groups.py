# As timm's train.py: groups of options, optional ones without a value, several forms of a switch.
# found: dataset="" train_split="train" model="resnet50" pretrained=false batch_size=128 opt="sgd" momentum=0.9
# found: weight_decay=0.00002 sched="cosine" lr_base=0.1 lr_base_size=256 epochs=300 warmup_lr=0.00001
# found: no_aug=false color_jitter=0.4 smoothing=0.1 model_ema=false seed=42 amp=false
# missed: lr=None (no value) ratio=[0.75, 1.33] (a list) data_dir=None (a place on the command line)
import argparse

parser = argparse.ArgumentParser(description='PyTorch ImageNet Training')

# Dataset parameters
group = parser.add_argument_group('Dataset parameters')
parser.add_argument('data', nargs='?', metavar='DIR', const=None, help='path to dataset')
group.add_argument('--dataset', metavar='NAME', default='', help='dataset type + name ("<type>/<name>")')
group.add_argument('--train-split', metavar='NAME', default='train')

group = parser.add_argument_group('Model parameters')
group.add_argument('--model', default='resnet50', type=str, metavar='MODEL')
group.add_argument('--pretrained', action='store_true', default=False)
group.add_argument('-b', '--batch-size', type=int, default=128, metavar='N')

group = parser.add_argument_group('Optimizer parameters')
group.add_argument('--opt', default='sgd', type=str, metavar='OPTIMIZER')
group.add_argument('--opt-eps', default=None, type=float, metavar='EPSILON')
group.add_argument('--momentum', type=float, default=0.9, metavar='M')
group.add_argument('--weight-decay', type=float, default=2e-5)

group = parser.add_argument_group('Learning rate schedule parameters')
group.add_argument('--sched', type=str, default='cosine', metavar='SCHEDULER')
group.add_argument('--lr', type=float, default=None, metavar='LR')
group.add_argument('--lr-base', type=float, default=0.1, metavar='LR')
group.add_argument('--lr-base-size', type=int, default=256, metavar='DIV')
group.add_argument('--epochs', type=int, default=300, metavar='N')
group.add_argument('--warmup-lr', type=float, default=1e-5, metavar='LR')

group = parser.add_argument_group('Augmentation and regularization parameters')
group.add_argument('--no-aug', action='store_true', default=False)
group.add_argument('--ratio', type=float, nargs='+', default=[3. / 4., 4. / 3.], metavar='RATIO')
group.add_argument('--color-jitter', type=float, default=0.4, metavar='PCT')
group.add_argument('--smoothing', type=float, default=0.1)
group.add_argument('--model-ema', action='store_true', default=False)
group.add_argument('--seed', type=int, default=42, metavar='S')
group.add_argument('--amp', action='store_true', default=False)
group.add_argument('--local-rank', default=None, type=int)


def main():
    args = parser.parse_args()
    if args.sched == 'cosine' or args.sched == 'step':
        print(args)


if __name__ == '__main__':
    main()

# As pytorch/examples' imagenet: a positional with a default, choices that are computed, a name as global.
# found: arch="resnet18" workers=4 epochs=90 start_epoch=0 batch_size=256 lr=0.1 momentum=0.9 weight_decay=0.0001
# found: print_freq=10 evaluate=false dist_backend="nccl" dummy=false
# missed: data=imagenet (a place on the command line) world_size=None (no value)
import argparse

import torchvision.models as models

model_names = sorted(name for name in models.__dict__ if name.islower() and not name.startswith('__'))

parser = argparse.ArgumentParser(description='PyTorch ImageNet Training')
parser.add_argument('data', metavar='DIR', nargs='?', default='imagenet')
parser.add_argument('-a', '--arch', metavar='ARCH', default='resnet18', choices=model_names,
                    help='model architecture: ' + ' | '.join(model_names) + ' (default: resnet18)')
parser.add_argument('-j', '--workers', default=4, type=int, metavar='N')
parser.add_argument('--epochs', default=90, type=int, metavar='N')
parser.add_argument('--start-epoch', default=0, type=int, metavar='N')
parser.add_argument('-b', '--batch-size', default=256, type=int, metavar='N')
parser.add_argument('--lr', '--learning-rate', default=0.1, type=float, metavar='LR', dest='lr')
parser.add_argument('--momentum', default=0.9, type=float, metavar='M')
parser.add_argument('--wd', '--weight-decay', default=1e-4, type=float, metavar='W', dest='weight_decay')
parser.add_argument('-p', '--print-freq', default=10, type=int, metavar='N')
parser.add_argument('-e', '--evaluate', dest='evaluate', action='store_true')
parser.add_argument('--world-size', default=None, type=int)
parser.add_argument('--dist-backend', default='nccl', type=str)
parser.add_argument('--dummy', action='store_true')

best_acc1 = 0


def main():
    global best_acc1
    args = parser.parse_args()
    acc1 = len(args.arch)
    best_acc1 = max(acc1, best_acc1)


if __name__ == '__main__':
    main()

# As pytorch/examples' mnist: argparse in main, switches, a default that is a list.
# found: batch_size=64 test_batch_size=1000 epochs=14 lr=1 gamma=0.7 no_cuda=false dry_run=false seed=1
# found: log_interval=10 save_model=false
# missed: milestones=[5, 10] (a list)
import argparse

import torch
import torch.nn.functional as F


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(784, 10)

    def forward(self, x):
        return F.log_softmax(self.fc(x.flatten(1)), dim=1)


def main():
    parser = argparse.ArgumentParser(description='PyTorch MNIST Example')
    parser.add_argument('--batch-size', type=int, default=64, metavar='N',
                        help='input batch size for training (default: 64)')
    parser.add_argument('--test-batch-size', type=int, default=1000, metavar='N')
    parser.add_argument('--epochs', type=int, default=14, metavar='N')
    parser.add_argument('--lr', type=float, default=1.0, metavar='LR')
    parser.add_argument('--gamma', type=float, default=0.7, metavar='M')
    parser.add_argument('--milestones', type=int, nargs='*', default=[5, 10])
    parser.add_argument('--no-cuda', action='store_true', default=False)
    parser.add_argument('--dry-run', action='store_true', default=False)
    parser.add_argument('--seed', type=int, default=1, metavar='S')
    parser.add_argument('--log-interval', type=int, default=10, metavar='N')
    parser.add_argument('--save-model', action='store_true')
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    for epoch in range(1, args.epochs + 1):
        print(f'Train Epoch: {epoch}')


if __name__ == '__main__':
    main()

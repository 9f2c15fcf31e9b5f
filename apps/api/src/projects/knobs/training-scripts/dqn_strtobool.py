# As cleanrl's scripts of 2022: argparse with a function for booleans.
# found: seed=1 torch_deterministic=true track=false env_id="CartPole-v1" total_timesteps=500000
# found: learning_rate=0.00025 buffer_size=10000 tau=1 start_e=1 end_e=0.05 train_frequency=10
# missed: exp_name=dqn (an expression) wandb_entity=None (no value)
import argparse
import os
from distutils.util import strtobool


def parse_args():
    # fmt: off
    parser = argparse.ArgumentParser()
    parser.add_argument("--exp-name", type=str, default=os.path.basename(__file__).rstrip(".py"),
        help="the name of this experiment")
    parser.add_argument("--seed", type=int, default=1,
        help="seed of the experiment")
    parser.add_argument("--torch-deterministic", type=lambda x: bool(strtobool(x)), default=True, nargs="?", const=True,
        help="if toggled, `torch.backends.cudnn.deterministic=False`")
    parser.add_argument("--track", type=lambda x: bool(strtobool(x)), default=False, nargs="?", const=True)
    parser.add_argument("--wandb-entity", type=str, default=None)
    parser.add_argument("--env-id", type=str, default="CartPole-v1")
    parser.add_argument("--total-timesteps", type=int, default=500000)
    parser.add_argument("--learning-rate", type=float, default=2.5e-4)
    parser.add_argument("--buffer-size", type=int, default=10000)
    parser.add_argument("--tau", type=float, default=1.)
    parser.add_argument("--start-e", type=float, default=1)
    parser.add_argument("--end-e", type=float, default=0.05)
    parser.add_argument("--train-frequency", type=int, default=10)
    args = parser.parse_args()
    # fmt: on
    return args


if __name__ == "__main__":
    args = parse_args()
    start_time = 0.0
    for global_step in range(args.total_timesteps):
        start_time += 0.1

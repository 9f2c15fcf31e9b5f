# As OpenAI's Spinning Up: the parser stands under the guard, beside constants.
# found: verbose=true env="HalfCheetah-v2" hid=64 l=2 gamma=0.99 seed=0 cpu=4 steps=4000 epochs=50 exp_name="ppo"
# missed: pi_lr=0.0003 vf_lr=0.001 (parameters of a function that nothing makes a command of)
import argparse


def ppo(env_fn, seed=0, steps_per_epoch=4000, epochs=50, gamma=0.99, clip_ratio=0.2, pi_lr=3e-4, vf_lr=1e-3):
    """Proximal Policy Optimization (by clipping), with early stopping based on approximate KL."""
    local_steps_per_epoch = int(steps_per_epoch / 4)
    return local_steps_per_epoch


if __name__ == '__main__':
    verbose = True
    parser = argparse.ArgumentParser()
    parser.add_argument('--env', type=str, default='HalfCheetah-v2')
    parser.add_argument('--hid', type=int, default=64)
    parser.add_argument('--l', type=int, default=2)
    parser.add_argument('--gamma', type=float, default=0.99)
    parser.add_argument('--seed', '-s', type=int, default=0)
    parser.add_argument('--cpu', type=int, default=4)
    parser.add_argument('--steps', type=int, default=4000)
    parser.add_argument('--epochs', type=int, default=50)
    parser.add_argument('--exp_name', type=str, default='ppo')
    args = parser.parse_args()

    ppo(lambda: args.env, gamma=args.gamma, seed=args.seed, steps_per_epoch=args.steps, epochs=args.epochs)

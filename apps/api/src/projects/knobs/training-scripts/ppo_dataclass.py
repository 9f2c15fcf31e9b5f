# As cleanrl's ppo.py of today: a dataclass that tyro reads.
# found: seed=1 torch_deterministic=true cuda=true wandb_project_name="cleanRL" env_id="CartPole-v1"
# found: total_timesteps=500000 learning_rate=0.00025 num_envs=4 num_steps=128 anneal_lr=true gamma=0.99
# found: gae_lambda=0.95 num_minibatches=4 clip_coef=0.2 ent_coef=0.01 max_grad_norm=0.5 batch_size=0
# missed: exp_name=ppo (an expression) target_kl=None (no value)
import os
from dataclasses import dataclass

import tyro


@dataclass
class Args:
    exp_name: str = os.path.basename(__file__)[: -len(".py")]
    """the name of this experiment"""
    seed: int = 1
    """seed of the experiment"""
    torch_deterministic: bool = True
    cuda: bool = True
    wandb_project_name: str = "cleanRL"
    wandb_entity: str = None

    # Algorithm specific arguments
    env_id: str = "CartPole-v1"
    total_timesteps: int = 500000
    learning_rate: float = 2.5e-4
    num_envs: int = 4
    num_steps: int = 128
    anneal_lr: bool = True
    gamma: float = 0.99
    gae_lambda: float = 0.95
    num_minibatches: int = 4
    clip_coef: float = 0.2
    ent_coef: float = 0.01
    max_grad_norm: float = 0.5
    target_kl: float = None

    # to be filled in runtime
    batch_size: int = 0


if __name__ == "__main__":
    args = tyro.cli(Args)
    args.batch_size = int(args.num_envs * args.num_steps)
    print(f"global_step={0}, episodic_return={1.0}")

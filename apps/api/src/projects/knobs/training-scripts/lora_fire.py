# As alpaca-lora's finetune.py: the parameters of a function that fire makes a command of.
# found: base_model="" data_path="yahma/alpaca-cleaned" output_dir="./lora-alpaca" batch_size=128 micro_batch_size=4
# found: num_epochs=3 learning_rate=0.0003 cutoff_len=256 lora_r=8 lora_dropout=0.05 train_on_inputs=true
# found: group_by_length=false wandb_watch=""
# missed: lora_target_modules=["q_proj"] (a list) resume_from_checkpoint=None (no value)
from typing import List

import fire


def train(
    # model/data params
    base_model: str = "",  # the only required argument
    data_path: str = "yahma/alpaca-cleaned",
    output_dir: str = "./lora-alpaca",
    # training hyperparams
    batch_size: int = 128,
    micro_batch_size: int = 4,
    num_epochs: int = 3,
    learning_rate: float = 3e-4,
    cutoff_len: int = 256,
    # lora hyperparams
    lora_r: int = 8,
    lora_dropout: float = 0.05,
    lora_target_modules: List[str] = [
        "q_proj",
        "v_proj",
    ],
    # llm hyperparams
    train_on_inputs: bool = True,  # if False, masks out inputs in loss
    group_by_length: bool = False,  # faster, but produces an odd training loss curve
    wandb_watch: str = "",  # options: false | gradients | all
    resume_from_checkpoint: str = None,
):
    gradient_accumulation_steps = batch_size // micro_batch_size
    print(gradient_accumulation_steps)


if __name__ == "__main__":
    fire.Fire(train)

# As many scripts of Kaggle: a class of settings, and a seed beside it.
# found: SEED=42 debug=false
# missed: epochs=10 lr=0.0001 n_fold=5 (attributes of a class)
import torch


class CFG:
    model_name = "tf_efficientnet_b0"
    epochs = 10
    lr = 1e-4
    n_fold = 5
    device = "cuda" if torch.cuda.is_available() else "cpu"


SEED = 42
debug = False
if debug:
    CFG.epochs = 1

torch.manual_seed(SEED)
for fold in range(CFG.n_fold):
    print(f"fold {fold}")

# As yolov5's train.py: defaults from expressions beside plain ones, a function of options.
# found: cfg="" epochs=100 batch_size=16 imgsz=640 rect=false resume=false optimizer="SGD" sync_bn=false workers=8
# found: name="exp" label_smoothing=0 patience=100 seed=0
# missed: weights=yolov5s.pt (an expression) freeze=[0] (a list)
import argparse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[0]


def parse_opt(known=False):
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=str, default=ROOT / "yolov5s.pt", help="initial weights path")
    parser.add_argument("--cfg", type=str, default="", help="model.yaml path")
    parser.add_argument("--epochs", type=int, default=100, help="total training epochs")
    parser.add_argument("--batch-size", type=int, default=16, help="total batch size for all GPUs, -1 for autobatch")
    parser.add_argument("--imgsz", "--img", "--img-size", type=int, default=640)
    parser.add_argument("--rect", action="store_true", help="rectangular training")
    parser.add_argument("--resume", nargs="?", const=True, default=False, help="resume most recent training")
    parser.add_argument("--optimizer", type=str, choices=["SGD", "Adam", "AdamW"], default="SGD", help="optimizer")
    parser.add_argument("--sync-bn", action="store_true")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--name", default="exp")
    parser.add_argument("--label-smoothing", type=float, default=0.0)
    parser.add_argument("--patience", type=int, default=100)
    parser.add_argument("--freeze", nargs="+", type=int, default=[0])
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_known_args()[0] if known else parser.parse_args()


if __name__ == "__main__":
    opt = parse_opt()
    print(opt)

# found: learning_rate=0.001 epochs=10 batch_size=64 momentum=0.9 augment=true verbose=false optimizer="adam"
# missed: data=None (a place on the command line) checkpoint=None (no value) quiet=true (only to be switched on)

from pathlib import Path
from typing import Annotated, Optional

import typer

app = typer.Typer(add_completion=False)


@app.command()
def train(
    data: Path = typer.Argument(..., help="Folder of the images."),
    learning_rate: float = typer.Option(1e-3, "--learning-rate", "-l", help="Of the optimiser."),
    epochs: int = typer.Option(10, min=1, help="Passes over the data."),
    batch_size: Annotated[int, typer.Option("--batch-size", "-b")] = 64,
    momentum: Annotated[float, typer.Option(help="Of the gradients.")] = 0.9,
    augment: bool = typer.Option(True, "--augment/--plain"),
    verbose: bool = False,
    quiet: bool = typer.Option(True, "--quiet"),
    optimizer: str = typer.Option("adam", help="adam or sgd"),
    checkpoint: Optional[Path] = typer.Option(None, "--checkpoint"),
) -> None:
    print(data, learning_rate, epochs, batch_size, momentum, augment, verbose, quiet, optimizer, checkpoint)


if __name__ == "__main__":
    app()

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../base/folders.js';
import type { Identity } from '../../machine/identity/identity.js';

/** Puts `mle.py` where runs find it. Returns the folder for their PYTHONPATH. */
export function placeModule({ root }: Pick<Identity, 'root'>): string {
  const folder = join(root, 'python');
  makeFolder(folder, 0o755);
  const file = join(folder, 'mle.py');
  writeFileSync(file, MODULE);
  chmodSync(file, 0o644);
  return folder;
}

const MODULE = `"""Parameters, numbers and files of a run of ML Experimenter: one file, without dependencies.

    import mle

    rate = mle.param("learning_rate", 0.1)
    for epoch in range(10):
        ...
        mle.log(epoch=epoch, loss=loss)
    mle.save("model.pt")

Nothing here needs the server: log prints a line, param takes the default, and a saved file stays where it is.
"""
import json
import math
import os
import shutil

__all__ = ["log", "param", "save"]


def param(name, default=None, choices=None):
    """The value that the run was started with, in the type of the default; else the default."""
    given = _given(name)
    value = default if given is None else _like(given, default)
    if choices is not None and value not in choices:
        raise ValueError("%s is %r. Choose one of %s." % (name, value, ", ".join(repr(choice) for choice in choices)))
    return value


def log(values=None, step=None, epoch=None, **named):
    """Prints numbers as one line, from which the curves are drawn: log(epoch=3, loss=0.25), log({"val/loss": 0.3})."""
    numbers = dict(values or {}, **named)
    places = {name: value for name, value in (("epoch", epoch), ("step", step)) if value is not None}
    line = {name: _number(value) for name, value in dict(places, **numbers).items()}
    if all(name.replace("/", "_").isidentifier() for name in line):
        text = " ".join("%s=%s" % (name, _text(value)) for name, value in line.items())
    else:
        text = json.dumps(line)
    print(text, flush=True)


def save(name, data=None):
    """Keeps a file, a folder, a text, bytes, a figure or what JSON takes as an artifact of the run. Returns its path."""
    folder = os.environ.get("MLE_OUTPUT_DIR") or "."
    name = os.fspath(name)
    inside = os.path.relpath(name) if data is None else os.path.normpath(name)
    if os.path.isabs(inside) or inside.split(os.sep)[0] == os.pardir:
        if data is not None:
            raise ValueError("%s is no name inside of the artifacts." % name)
        inside = os.path.basename(os.path.normpath(name))
    target = os.path.join(folder, inside)
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    if data is None:
        if os.path.abspath(name) != os.path.abspath(target):
            if os.path.isdir(name):
                shutil.copytree(name, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(name, target)
    elif hasattr(data, "savefig"):
        data.savefig(target)
    elif isinstance(data, (bytes, bytearray)):
        with open(target, "wb") as file:
            file.write(data)
    else:
        text = data if isinstance(data, str) else json.dumps(data, indent=2)
        with open(target, "w", encoding="utf-8") as file:
            file.write(text)
    return target


def _given(name):
    wanted = name.replace("-", "_")
    given = json.loads(os.environ.get("MLE_PARAMS") or "{}")
    for key, value in given.items():
        if key.replace("-", "_") == wanted:
            return value
    return os.environ.get("MLE_PARAM_" + wanted.upper())


def _like(value, default):
    if isinstance(default, bool):
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "yes", "on")
    if isinstance(default, (int, float)) and isinstance(value, str):
        value = float(value)
    if isinstance(default, int) and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(default, float) and isinstance(value, int):
        return float(value)
    return str(value) if isinstance(default, str) else value


def _number(value):
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("%r is no number: log takes numbers only." % (value,))
    return value


def _text(value):
    return "nan" if isinstance(value, float) and math.isnan(value) else repr(value)
`;

"""What advantages.py and advantages_responses.py share: the reference functions out of their wheels, and writing goldens.

verl, OpenRLHF, TRL and SkyRL import vLLM, Ray and more, so their wheels are not installed: see reference_code.py. rlax is
installed.

The texts are edited: `torch.float32` and `np.float32` become 64-bit, and `.float()` becomes `.double()`, so that the formula
is compared and not the rounding of 32 bits.
"""

import json
from pathlib import Path

import numpy as np
import torch

import reference_code

WHEELS = {
    "verl": "verl-0.9.1-py3-none-any.whl",
    "openrlhf": "openrlhf-0.11.2-cp311-cp311-manylinux1_x86_64.whl",
    "trl": "trl-1.16.0-py3-none-any.whl",
    # The last line of TRL with a PPO trainer, for its whitening and running moments.
    "trl-ppo": "trl-0.23.1-py3-none-any.whl",
    "skyrl": "skyrl-0.4.0-py3-none-any.whl",
}
VERSIONS = {name: file.split("-")[1] for name, file in WHEELS.items()}
NAMES = {"verl": "verl", "openrlhf": "OpenRLHF", "trl": "TRL", "trl-ppo": "TRL", "skyrl": "SkyRL"}
FOLDER = Path(".")
OUT = Path(__file__).resolve().parents[2] / "packages/advantages/src/goldens"


def reference(package):
    """A reference as docstrings name it: `verl 0.9.1`."""
    return f"{NAMES[package]} {VERSIONS[package]}"


def source_of(package, path):
    text = reference_code.text_in(FOLDER / WHEELS[package], path)
    return (
        text.replace("torch.float32", "torch.float64").replace("np.float32", "np.float64").replace(".float()", ".double()")
    )


def definitions(package, path, names, namespace):
    """Executes the named functions, methods and classes of a file, and adds them to `namespace`."""
    reference_code.take(source_of(package, path), names, namespace)


def block(package, path, first, last):
    """The lines of a file from the one that starts with `first` up to the next one that starts with `last`, as code."""
    return reference_code.lines_of(source_of(package, path), first, last)


def write(name, packages, others=(), **content):
    """Writes a golden file with the versions of `packages`, and of the installed libraries that `others` gives."""

    def plain(value):
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item) for item in value]
        return np.asarray(value).tolist() if hasattr(value, "__array__") else value

    versions = {**{package: VERSIONS[package] for package in packages}, "torch": torch.__version__, **dict(others)}
    content = {"versions": versions, **content}
    (OUT / f"{name}.json").write_text(json.dumps(plain(content), allow_nan=False) + "\n")

"""What the scripts named losses_* share: running a reference on named inputs, and writing what it gives as JSON.

The reference functions are taken from the published wheels, so that nothing they import has to be installed:

    pip download --no-deps -r tools/parity/losses_references.txt -d WHEELS
    pip download --no-deps trl==0.29.0 -d WHEELS      # the last release with a BCO trainer
    PREFKIT_WHEELS=WHEELS python tools/parity/losses_direct_alignment.py
"""

import json
import math
import os
from pathlib import Path

import torch

# `take` is for the scripts.
from reference_code import take, text_in

TARGET = Path(__file__).resolve().parents[2] / "packages/losses/src/goldens"


def golden(name, case, options, inputs, run, reference=None):
    """
    One row: `run` gets the inputs as leaves and gives `losses`, and maybe `metrics`; gradients are of Σ losses.
    `reference` says whose numbers they are: the library with its version, such as "TRL 1.16.0".
    """
    leaves = {key: value.detach().clone().requires_grad_() for key, value in inputs.items()}
    result = run(leaves)
    result["losses"].sum().backward()
    return {
        "loss": name,
        "case": case,
        **({"reference": reference} if reference else {}),
        "options": options,
        "inputs": {key: value.tolist() for key, value in inputs.items()},
        "losses": result["losses"].tolist(),
        "metrics": {key: float(torch.as_tensor(value).detach()) for key, value in result.get("metrics", {}).items()},
        "gradients": {key: leaf.grad.tolist() for key, leaf in leaves.items() if leaf.grad is not None},
    }


def write(name, rows, versions=None):
    for row in rows:
        if not finite(row):
            raise ValueError(f"{row['loss']} {row['case']}: JSON holds finite numbers only")
    body = ",\n".join(json.dumps(row, allow_nan=False) for row in rows)
    head = json.dumps({"torch": torch.__version__, **(versions or {})})
    (TARGET / f"{name}.json").write_text(f'{{"versions": {head},\n"rows": [\n{body}\n]}}\n')


def finite(value):
    if isinstance(value, dict):
        return all(finite(v) for v in value.values())
    if isinstance(value, list):
        return all(finite(v) for v in value)
    return not isinstance(value, float) or math.isfinite(value)


def source(package, path):
    """The text of a file in the wheel of a package, and the version of that wheel."""
    wheels = Path(os.environ["PREFKIT_WHEELS"])
    pinned = dict(
        line.strip().split("==") for line in (Path(__file__).parent / "losses_references.txt").read_text().splitlines()
    )
    distribution = package.split("@")[0]
    version = package.split("@")[1] if "@" in package else pinned[distribution]
    (wheel,) = wheels.glob(f"{distribution}-{version}-*.whl")
    return text_in(wheel, path)

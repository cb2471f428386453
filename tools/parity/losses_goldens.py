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

# For each kind of row the public functions that it is evidence for, those with a convention with the one in force; the `convention`
# among the options of a row overrules that of the first. The test that reads the rows checks that it has called them so.
FUNCTIONS = {
    # direct alignment
    "dpo": ["dpoLoss (trl)"],
    "dpoSums": ["dpoLoss (trl)"],
    "onlineDpo": ["dpoLoss (openrlhf)"],
    "wpo": ["dpoLoss (trl)", "wpoWeights"],
    "cpo": ["cpoLoss (trl)"],
    "simpo": ["simPoLoss"],
    "simPo": ["simPoLoss"],
    "alphaPo": ["alphaPoLoss"],
    "orpo": ["orpoLoss (paper)"],
    "kto": ["ktoLoss (trl)"],
    "bco": ["bcoLoss"],
    "slic": ["slicLoss"],
    "nashMd": ["nashMdLoss (paper)"],
    "xpo": ["xpoLoss"],
    "tpo": ["tpoLoss"],
    "aStarPo": ["aStarPoLoss"],
    # policy
    "ppo": ["ppoLoss (trl)"],
    "grpo": ["grpoLoss", "grpoReduction"],
    "gspo": ["gspoLoss (trl)"],
    "gspoMean": ["gspoLoss (trl)", "sequenceMeanTokenMean (trl)"],
    "cispo": ["cispoLoss (trl)"],
    "cispoMean": ["cispoLoss (trl)", "tokenMean"],
    "value": ["valueLoss"],
    "gmpoMean": ["gmpoLoss (trl)"],
    "sapo": ["sapoLoss (trl)"],
    "sapoMean": ["sapoLoss (trl)", "sequenceMeanTokenMean (trl)"],
    "vespoMean": ["vespoLoss", "tokenMean"],
    "dppo": ["dppoLoss"],
    "dro": ["droLoss"],
    "clipCov": ["clipCovLoss"],
    "klCov": ["klCovLoss"],
    "reinforce": ["reinforceLoss"],
    "gpg": ["gpgLoss"],
    "rlooMean": ["rlooLoss", "sequenceMeanTokenMean (trl)"],
    "topr": ["toprLoss"],
    "importanceRatios": ["importanceRatios"],
    "productsOnLogprobs": ["importanceRatios"],
    "rolloutWeights": ["rolloutWeights (trl)"],
    "rolloutMask": ["rolloutMask"],
    "mismatch": ["rolloutMismatch"],
    "bypass": ["reinforceLoss"],
    "correctedPpo": ["ppoLoss (openrlhf)"],
    "offPolicySequenceMask": ["offPolicySequenceMask"],
    "topEntropyMask": ["topEntropyMask"],
    "maskedGrpo": ["grpoLoss", "grpoReduction", "offPolicySequenceMask", "topEntropyMask", "rolloutWeights (trl)"],
    # regularisers and reductions
    "kl": ["klLoss (trl)"],
    "fullKl": ["fullKlLoss"],
    "entropy": ["entropyLoss"],
    "tokenMean": ["tokenMean"],
    "tokenSum": ["tokenSum"],
    "sequenceMeanTokenSum": ["sequenceMeanTokenSum (verl)"],
    "sequenceMeanTokenMean": ["sequenceMeanTokenMean (verl)"],
    # reward modelling
    "bradleyTerry": ["bradleyTerryLoss"],
    "classification": ["classificationLoss"],
    "thurstone": ["thurstoneLoss"],
    "raoKupper": ["raoKupperLoss"],
    "davidson": ["davidsonLoss"],
    "hinge": ["hingeLoss"],
    "scoreRegression": ["scoreRegressionLoss"],
    "plackettLuce": ["plackettLuceLoss"],
    "odin": ["odinLoss"],
}

TARGET = Path(__file__).resolve().parents[2] / "packages/losses/src/goldens"


# What numbers can be of: the versions that code was taken from, in small letters, PyTorch, and equations.
SOURCES = {f"pytorch {torch.__version__.split('+')[0]}", "its equation"}


def functions_of(name, options):
    """What a row is evidence for: see FUNCTIONS."""
    first, *others = FUNCTIONS[name]
    if "convention" in options:
        first = f"{first.split()[0]} ({options['convention']})"
    if "weights" not in options:
        return [first, *others]
    # The correction of a rollout: weights, and maybe a mask.
    weights = f"rolloutWeights ({options['weights'].get('convention', 'trl')})"
    return [first, *others, weights, *(["rolloutMask"] if "mask" in options else [])]


def golden(name, case, options, inputs, run, reference):
    """
    One row: `run` gets the inputs as leaves and gives `losses`, and maybe `metrics`; gradients are of Σ losses.
    `reference` says whose numbers they are: a library with its version, such as "TRL 1.16.0", that code was taken from.
    """
    if reference.lower() not in SOURCES:
        raise ValueError(f"{name} {case}: no code was taken from {reference}")
    leaves = {key: value.detach().clone().requires_grad_() for key, value in inputs.items()}
    result = run(leaves)
    result["losses"].sum().backward()
    return {
        "loss": name,
        "case": case,
        "functions": functions_of(name, options),
        "reference": reference,
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
    SOURCES.add(f"{distribution.replace('_', '-')} {version}")
    return text_in(wheel, path)

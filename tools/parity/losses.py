"""Golden values and gradients of the pair losses, by PyTorch's own logsigmoid and binary cross-entropy.

    python tools/parity/losses.py      writes packages/losses/src/goldens/pair-losses.json
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.manual_seed(20411)
torch.set_default_dtype(torch.float64)


def golden(name, loss, options, chosen, rejected):
    c, r = (torch.tensor(x, requires_grad=True) for x in (chosen, rejected))
    losses = loss(c, r)
    losses.sum().backward()
    return {
        "loss": name,
        "options": options,
        "chosen": chosen,
        "rejected": rejected,
        "losses": losses.tolist(),
        "chosenGradient": c.grad.tolist(),
        "rejectedGradient": r.grad.tolist(),
    }


inputs = {
    "random": ((3 * torch.randn(7)).tolist(), (3 * torch.randn(7)).tolist()),
    "extreme": ([100.0, -100.0, 0.0, 700.0, -700.0], [-100.0, 100.0, 0.0, -700.0, 700.0]),
}
preference = torch.rand(7).tolist()
rows = []
for key, (chosen, rejected) in inputs.items():
    # TRL's RewardTrainer: -logsigmoid(chosen - rejected - margin) + coefficient * (chosen + rejected)**2
    rows.append(golden("bradleyTerry", lambda c, r: -F.logsigmoid(c - r), {}, chosen, rejected))
    rows.append(
        golden(
            "bradleyTerry",
            lambda c, r: -F.logsigmoid(c - r - 0.7) + 0.01 * (c + r) ** 2,
            {"margin": 0.7, "centeringCoefficient": 0.01},
            chosen,
            rejected,
        )
    )
    # OpenRLHF's label smoothing: -(1 - e) logsigmoid(d) - e logsigmoid(-d)
    rows.append(
        golden(
            "bradleyTerry",
            lambda c, r: -0.9 * F.logsigmoid(c - r) - 0.1 * F.logsigmoid(r - c),
            {"labelSmoothing": 0.1},
            chosen,
            rejected,
        )
    )
    bce = F.binary_cross_entropy_with_logits
    rows.append(
        golden(
            "classification",
            lambda c, r: 0.5
            * (bce(c, torch.ones_like(c), reduction="none") + bce(r, torch.zeros_like(r), reduction="none")),
            {},
            chosen,
            rejected,
        )
    )
chosen, rejected = inputs["random"]
p = torch.tensor(preference)
rows.append(
    golden(
        "bradleyTerry",
        lambda c, r: F.binary_cross_entropy_with_logits(c - r, p, reduction="none"),
        {"preference": preference},
        chosen,
        rejected,
    )
)
rows.append(
    golden(
        "classification",
        lambda c, r: 0.5
        * (
            F.binary_cross_entropy_with_logits(c, p, reduction="none")
            + F.binary_cross_entropy_with_logits(r, 1 - p, reduction="none")
        ),
        {"preference": preference},
        chosen,
        rejected,
    )
)
target = Path(__file__).resolve().parents[2] / "packages/losses/src/goldens/pair-losses.json"
target.write_text(json.dumps({"torch": torch.__version__, "rows": rows}, indent=1) + "\n")

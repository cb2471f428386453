"""Training of reward models by PyTorch: losses of 30 full-batch AdamW steps and the rewards after them.

    python tools/parity/reward_models.py      writes packages/reward-models/src/goldens/training.json
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.manual_seed(241104991)
torch.set_default_dtype(torch.float64)

STEPS, PAIRS, INPUTS, HIDDEN = 30, 24, 5, [6, 4]

features = torch.randn(2 * PAIRS, INPUTS).float().double()
chosen, rejected = torch.randperm(2 * PAIRS).split(PAIRS)
preference = torch.rand(PAIRS).float().double()


def network():
    widths = [INPUTS, *HIDDEN, 1]
    layers = [torch.nn.Linear(a, b) for a, b in zip(widths, widths[1:])]
    for layer in layers:
        layer.weight.data = layer.weight.data.float().double()
        layer.bias.data = layer.bias.data.float().double()
    return torch.nn.Sequential(*[m for layer in layers for m in (layer, torch.nn.ReLU())][:-1]), layers


def bradley_terry(c, r, p):
    return -(p * F.logsigmoid(c - r) + (1 - p) * F.logsigmoid(r - c)).mean()


def classification(c, r, p):
    # Each response classified on its own, as in 2411.04991: mean over the responses of both sides.
    each = F.binary_cross_entropy_with_logits(torch.stack([c, r]), torch.stack([p, 1 - p]), reduction="none")
    return each.mean()


def golden(objective, loss_of, p, learning_rate, weight_decay):
    model, layers = network()
    weights = [{"weight": m.weight.T.tolist(), "bias": m.bias.tolist()} for m in layers]
    groups = [
        {"params": [m.weight for m in layers], "weight_decay": weight_decay},
        {"params": [m.bias for m in layers], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=learning_rate)
    losses = []
    for _ in range(STEPS):
        rewards = model(features).squeeze(-1)
        loss = loss_of(rewards[chosen], rewards[rejected], p)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {
        "options": {"objective": objective, "learningRate": learning_rate, "weightDecay": weight_decay},
        "hasPreference": bool((p != 1).any()),
        "layers": weights,
        "losses": losses,
        "rewards": model(features).squeeze(-1).tolist(),
    }


certain = torch.ones(PAIRS)
trainings = [
    golden("bt", bradley_terry, certain, 1e-2, 0.0),
    golden("bt", bradley_terry, preference, 1e-2, 0.1),
    golden("clf", classification, certain, 1e-2, 0.1),
    golden("clf", classification, preference, 1e-2, 0.0),
]
path = Path(__file__).parents[2] / "packages/reward-models/src/goldens/training.json"
path.parent.mkdir(exist_ok=True)
content = {
    "torch": torch.__version__,
    "hidden": HIDDEN,
    "features": features.tolist(),
    "chosen": chosen.tolist(),
    "rejected": rejected.tolist(),
    "preference": preference.tolist(),
    "trainings": trainings,
}
path.write_text(json.dumps(content) + "\n")

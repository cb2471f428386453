"""Trajectories, schedules and files that @prefkit/nn must reproduce, by PyTorch, transformers and safetensors.

    python tools/parity/nn.py          writes packages/nn/src/goldens/*
"""

import json
import struct
from pathlib import Path

import torch
import transformers
from safetensors import __version__ as safetensors_version
from safetensors import safe_open
from safetensors.torch import save_file

torch.manual_seed(20411)
torch.set_num_threads(1)
out = Path(__file__).resolve().parents[2] / "packages/nn/src/goldens"
out.mkdir(exist_ok=True)
steps = 100
kept = [1, 2, 3, 5, 10, 20, 50, 100]


def write(name, value):
    (out / name).write_text(json.dumps(value, indent=1) + "\n")


# A regression by a small network: y = tanh(x W1 + b1) W2 + b2, mean squared error.
x = torch.randn(8, 3, dtype=torch.float64)
y = torch.sin(x.sum(1, keepdim=True)) + 0.5
initial = {
    "first": {"weight": 0.6 * torch.randn(3, 4, dtype=torch.float64), "bias": 0.1 * torch.randn(4, dtype=torch.float64)},
    "second": {"weight": 0.6 * torch.randn(4, 1, dtype=torch.float64), "bias": 0.1 * torch.randn(1, dtype=torch.float64)},
}
# What the goldens start from must be the same number in both precisions.
x, y = x.float().double(), y.float().double()
initial = {layer: {name: value.float().double() for name, value in group.items()} for layer, group in initial.items()}
names = [(layer, name) for layer, group in initial.items() for name in group]


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al. 2023."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))
        self.nearest_tie = float("inf")

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                m = state.setdefault("mean", torch.zeros_like(p))
                direction = beta1 * m + (1 - beta1) * p.grad
                self.nearest_tie = min(self.nearest_tie, direction.abs().min().item())
                p.mul_(1 - group["lr"] * group["weight_decay"]).sub_(group["lr"] * direction.sign())
                m.mul_(beta2).add_((1 - beta2) * p.grad)


def trajectory(make, dtype, schedule=None, clip=None, decay_bias=True):
    params = {key: initial[key[0]][key[1]].to(dtype).clone().requires_grad_() for key in names}
    if decay_bias:
        optimizer = make(list(params.values()))
    else:
        weights = [p for p in params.values() if p.ndim >= 2]
        biases = [p for p in params.values() if p.ndim < 2]
        optimizer = make([{"params": weights}, {"params": biases, "weight_decay": 0.0}])
    scheduler = schedule and schedule(optimizer)
    inputs, targets = x.to(dtype), y.to(dtype)
    losses, snapshots = [], {}
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        hidden = torch.tanh(inputs @ params["first", "weight"] + params["first", "bias"])
        loss = ((hidden @ params["second", "weight"] + params["second", "bias"] - targets) ** 2).mean()
        loss.backward()
        if clip:
            clip(list(params.values()))
        optimizer.step()
        if scheduler:
            scheduler.step()
        losses.append(loss.item())
        if step in kept:
            flat = {".".join(key): value.detach().flatten().tolist() for key, value in params.items()}
            snapshots[step] = flat
    if isinstance(optimizer, Lion):
        # A sign that rounding could turn would make the golden meaningless.
        assert optimizer.nearest_tie > 1e-5, optimizer.nearest_tie
    return {"losses": losses, "params": snapshots}


warmup_cosine = lambda o: transformers.get_cosine_schedule_with_warmup(o, 10, 100)
optim = torch.optim
# name: (prefkit's optimiser and options, PyTorch's, further arguments of `trajectory`)
cases = {
    "adamW": (["adamW", {"learningRate": 0.01}], lambda p: optim.AdamW(p, 0.01), {}),
    "adamW-all-options": (
        ["adamW", {"learningRate": 0.005, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-4, "weightDecay": 0.2}],
        lambda p: optim.AdamW(p, 0.005, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.2),
        {},
    ),
    "adamW-mask": (
        ["adamW", {"learningRate": 0.01, "weightDecay": 0.3}],
        lambda p: optim.AdamW(p, 0.01, weight_decay=0.3),
        {"decay_bias": False},
    ),
    "adam": (["adam", {"learningRate": 0.01}], lambda p: optim.Adam(p, 0.01), {}),
    "adam-l2": (
        ["adam", {"learningRate": 0.01, "weightDecay": 0.1}],
        lambda p: optim.Adam(p, 0.01, weight_decay=0.1),
        {},
    ),
    "sgd": (["sgd", {"learningRate": 0.1}], lambda p: optim.SGD(p, 0.1), {}),
    "sgd-momentum": (
        ["sgd", {"learningRate": 0.01, "momentum": 0.9}],
        lambda p: optim.SGD(p, 0.01, momentum=0.9),
        {},
    ),
    "sgd-nesterov": (
        ["sgd", {"learningRate": 0.02, "momentum": 0.9, "nesterov": True, "weightDecay": 0.01}],
        lambda p: optim.SGD(p, 0.02, momentum=0.9, nesterov=True, weight_decay=0.01),
        {},
    ),
    "lion": (
        ["lion", {"learningRate": 0.003, "weightDecay": 0.1}],
        lambda p: Lion(p, 0.003, weight_decay=0.1),
        {},
    ),
    "adamW-warmupCosine": (
        ["adamW", {"learningRate": {"peak": 0.02, "warmupSteps": 10, "totalSteps": 100}}],
        lambda p: optim.AdamW(p, 0.02),
        {"schedule": warmup_cosine},
    ),
    "adam-clipByGlobalNorm": (
        ["adam", {"learningRate": 0.01, "clipByGlobalNorm": 0.3}],
        lambda p: optim.Adam(p, 0.01),
        {"clip": lambda p: torch.nn.utils.clip_grad_norm_(p, 0.3)},
    ),
    "sgd-clipByValue": (
        ["sgd", {"learningRate": 0.1, "clipByValue": 0.1}],
        lambda p: optim.SGD(p, 0.1),
        {"clip": lambda p: torch.nn.utils.clip_grad_value_(p, 0.1)},
    ),
}
write(
    "optimizers.json",
    {
        "torch": torch.__version__,
        "x": x.tolist(),
        "y": y.tolist(),
        "initial": {layer: {name: v.tolist() for name, v in group.items()} for layer, group in initial.items()},
        "cases": {
            name: {
                "optimizer": ours,
                "f64": trajectory(theirs, torch.float64, **more),
                "f32": trajectory(theirs, torch.float32, **more),
            }
            for name, (ours, theirs, more) in cases.items()
        },
    },
)


def rates(base, make, count=steps + 1):
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], base)
    scheduler = make(optimizer)
    values = []
    for _ in range(count):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return values


s = optim.lr_scheduler
write(
    "schedules.json",
    {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "constant": rates(0.3, lambda o: s.LambdaLR(o, lambda _: 1.0)),
        "linear": rates(0.5, lambda o: s.LinearLR(o, start_factor=1.0, end_factor=0.2, total_iters=60)),
        "linearUp": rates(1.0, lambda o: s.LinearLR(o, start_factor=0.1, end_factor=1.0, total_iters=37)),
        "cosine": rates(1.0, lambda o: s.CosineAnnealingLR(o, T_max=steps)),
        "cosineToFloor": rates(0.7, lambda o: s.CosineAnnealingLR(o, T_max=steps, eta_min=0.05)),
        "exponential": rates(0.9, lambda o: s.ExponentialLR(o, gamma=0.97)),
        "step": rates(1.0, lambda o: s.StepLR(o, step_size=30)),
        "warmupLinear": rates(1.0, lambda o: transformers.get_linear_schedule_with_warmup(o, 7, 90)),
        "warmupLinearFromPeak": rates(1.0, lambda o: transformers.get_linear_schedule_with_warmup(o, 0, 100)),
        "warmupCosine": rates(1.0, lambda o: transformers.get_cosine_schedule_with_warmup(o, 13, 100)),
        "joined": rates(
            1.0,
            lambda o: s.SequentialLR(
                o,
                [s.LinearLR(o, 0.01, 1.0, 20), s.ConstantLR(o, 1.0, 0), s.ExponentialLR(o, 0.9)],
                milestones=[20, 50],
            ),
        ),
    },
)

gradients = [(3 * torch.randn(5)).tolist(), (3 * torch.randn(2, 3)).tolist()]


def clipped(limit):
    params = [torch.zeros_like(torch.tensor(g)).requires_grad_() for g in gradients]
    for p, g in zip(params, gradients):
        p.grad = torch.tensor(g)
    norm = torch.nn.utils.clip_grad_norm_(params, limit)
    return {"maxNorm": limit, "norm": norm.item(), "clipped": [p.grad.tolist() for p in params]}


write(
    "clipping.json",
    {"torch": torch.__version__, "gradients": gradients, "cases": [clipped(m) for m in (0.01, 1.0, 5.0, 1e3)]},
)

# Every element type that is read, with the values that are hard: extremes, subnormals, infinities, NaN, signed zero.
bits = lambda words, dtype: torch.tensor(words, dtype=torch.int32).to(torch.int16).view(dtype)
halves = [0, 0x8000, 1, 0x8001, 0x03FF, 0x0400, 0x3C00, 0x3555, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E01]
brains = [0, 0x8000, 1, 0x8001, 0x007F, 0x0080, 0x3F80, 0x3EAB, 0x7F7F, 0xFF7F, 0x7F80, 0xFF80, 0x7FC1]
read = {
    "f64": torch.tensor([[5e-324, -1.7976931348623157e308, 0.1]], dtype=torch.float64),
    "f32": torch.tensor([1e-45, -3.4028234663852886e38, 0.1, float("inf"), float("nan")]),
    "f16": bits(halves, torch.float16),
    "bf16": bits(brains, torch.bfloat16),
    "i64": torch.tensor([-(2**31), 2**31 - 1, 0], dtype=torch.int64),
    "i32": torch.tensor([[-(2**31)], [2**31 - 1]], dtype=torch.int32),
    "i16": torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16),
    "i8": torch.tensor([-128, 127], dtype=torch.int8),
    "u8": torch.tensor([0, 255], dtype=torch.uint8),
    "bool": torch.tensor([[True, False], [False, True]]),
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
}
save_file(read, out / "read.safetensors", metadata={"format": "pt", "note": "ü ✓ \"quoted\""})


def exact(tensor):
    """Widened values as the bits of their f32 (f64 for f64), so that JSON carries every one of them."""
    if tensor.dtype == torch.float64:
        return [struct.pack(">d", v).hex() for v in tensor.flatten().tolist()]
    if tensor.is_floating_point():
        flat = tensor.float().flatten()
        words = zip(flat.view(torch.int32).tolist(), flat.isnan().tolist())
        return ["NaN" if nan else f"{word & 0xFFFFFFFF:08x}" for word, nan in words]
    return [int(v) for v in tensor.flatten().tolist()]


write(
    "read.json",
    {
        "safetensors": safetensors_version,
        "tensors": {name: {"shape": list(t.shape), "values": exact(t)} for name, t in read.items()},
    },
)

# The same tensors must give the same bytes in TypeScript, so this file also shows that Python reads what it writes.
written = {
    "layers.0.weight": torch.tensor([[0.5, -1.25], [3.0, 1e-40]]),
    "layers.0.bias": torch.tensor([float("inf"), float("-inf")]),
    "z": torch.tensor([0.1], dtype=torch.float64),
    "step": torch.tensor(7, dtype=torch.int32),
    "a.mask": torch.tensor([True, False, True]),
    "ünïcode": torch.tensor([1, 2], dtype=torch.int32),
}
save_file(written, out / "written.safetensors", metadata={"format": "pt"})
with safe_open(out / "written.safetensors", framework="pt") as file:
    assert file.metadata() == {"format": "pt"}
    assert all(torch.equal(file.get_tensor(name), tensor) for name, tensor in written.items())

"""Golden values and gradients of @prefkit/tensor's ops, by PyTorch on the CPU.

    python tools/parity/tensor.py      writes packages/tensor/src/goldens/*.json

Each case has its inputs, the float results, one cotangent for each, and the gradients of
sum(cotangent * result) for the float inputs, once in float64 and once in float32.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

torch.manual_seed(2411)
torch.set_num_threads(1)
out = Path(__file__).resolve().parents[2] / "packages/tensor/src/goldens"
inf, nan = math.inf, math.nan


def encode(values):
    """JSON has no NaN and no infinities."""
    if isinstance(values, list):
        return [encode(v) for v in values]
    if isinstance(values, float) and not math.isfinite(values):
        return str(values)
    return values


def flat(t):
    return {"shape": list(t.shape), "data": encode(t.detach().reshape(-1).tolist())}


def run(fn, inputs, cotangents, dtype):
    xs = [x.to(dtype).requires_grad_() if x.is_floating_point() else x for x in inputs]
    ys = fn(*xs)
    ys = list(ys) if isinstance(ys, (list, tuple)) else [ys]
    floats = [y for y in ys if y.is_floating_point()]
    wrt = [x for x in xs if x.requires_grad]
    grads = iter([torch.zeros_like(x) for x in wrt])
    if floats and wrt:
        loss = sum((c.to(dtype) * y).sum() for c, y in zip(cotangents, floats))
        grads = iter(torch.autograd.grad(loss, wrt, allow_unused=True, materialize_grads=True))
    return {
        "values": [flat(y) for y in ys],
        "gradients": [flat(next(grads)) if x.requires_grad else None for x in xs],
    }


def case(name, fn, *inputs, condition=1):
    """`condition`: by how much the inputs magnify a rounding, for the tolerance."""
    xs = [torch.tensor(x, dtype=torch.float32) if isinstance(x, (list, float)) else x for x in inputs]
    probe = fn(*[x.double() if x.is_floating_point() else x for x in xs])
    probe = list(probe) if isinstance(probe, (list, tuple)) else [probe]
    cotangents = [torch.randn(y.shape) for y in probe if y.is_floating_point()]
    return {
        "name": name,
        "condition": condition,
        "inputs": [{**flat(x), "dtype": "float" if x.is_floating_point() else "i32"} for x in xs],
        "cotangents": [flat(c) for c in cotangents],
        "f64": run(fn, xs, cotangents, torch.float64),
        "f32": run(fn, xs, cotangents, torch.float32),
    }


def ints(*values):
    return torch.tensor(values, dtype=torch.int64)


randn = torch.randn
far = [100.0, -100.0, 30.0, -30.0, 0.0, 1e-3, 500.0, -500.0, 88.7, -104.0, inf, -inf, nan]
holes = [[1.0, 2.0, 3.0], [-inf, -inf, -inf], [-inf, 0.5, -inf], [inf, 1.0, 2.0], [nan, 1.0, 2.0], [1e4, -1e4, 0.0]]
ties = [[3.0, 1.0, 2.0, 1.0, 3.0], [nan, 5.0, -inf, inf, 5.0], [0.0, -0.0, 1.0, 0.0, -1.0]]

goldens = {
    "matmul": [
        case("matmul", torch.matmul, randn(4, 3), randn(3, 5)),
        case("matmul", torch.matmul, randn(2, 4, 3), randn(2, 3, 5)),
        case("matmul", torch.matmul, randn(2, 1, 4, 3), randn(3, 3, 5)),
        case("matmul", torch.matmul, randn(2, 4, 3), randn(3, 5)),
        case("matmul", torch.matmul, randn(4, 3), randn(2, 3, 5)),
        case("matmul", torch.matmul, randn(3), randn(2, 3, 5)),
        case("matmul", torch.matmul, randn(2, 4, 3), randn(3)),
        case("matmul", torch.matmul, randn(3), randn(3)),
        case("matmul", torch.matmul, randn(4, 0), randn(0, 5)),
        case("einsum ij,jk->ik", lambda a, b: torch.einsum("ij,jk->ik", a, b), randn(4, 3), randn(3, 5)),
        case("einsum bij,bkj->bik", lambda a, b: torch.einsum("bij,bkj->bik", a, b), randn(2, 4, 3), randn(2, 5, 3)),
        case("einsum bqhd,bkhd->bhqk", lambda a, b: torch.einsum("bqhd,bkhd->bhqk", a, b), randn(2, 3, 2, 4), randn(2, 5, 2, 4)),
        case("einsum i,j->ij", lambda a, b: torch.einsum("i,j->ij", a, b), randn(3), randn(4)),
        case("einsum ij,kj->k", lambda a, b: torch.einsum("ij,kj->k", a, b), randn(4, 3), randn(5, 3)),
        case("einsum ijk->kj", lambda a: torch.einsum("ijk->kj", a), randn(2, 3, 4)),
        case("einsum bi,bi->b", lambda a, b: torch.einsum("bi,bi->b", a, b), randn(3, 4), randn(3, 4)),
    ],
    "softmax": [
        case("softmax", lambda x: F.softmax(x, -1), randn(4, 5) * 4),
        case("softmax", lambda x: F.softmax(x, -1), holes),
        case("logSoftmax", lambda x: F.log_softmax(x, -1), randn(4, 5) * 4),
        case("logSoftmax", lambda x: F.log_softmax(x, -1), holes),
        case("logSumExp", lambda x: torch.logsumexp(x, -1), randn(4, 5) * 4),
        case("logSumExp", lambda x: torch.logsumexp(x, -1), holes),
    ],
    "activations": [
        case("logSigmoid", F.logsigmoid, far),
        case("logSigmoid", F.logsigmoid, randn(9) * 4),
        case("softplus", F.softplus, far),
        case("softplus", F.softplus, randn(9) * 4),
        case("sigmoid", torch.sigmoid, far),
        case("tanh", torch.tanh, far),
        case("gelu", F.gelu, randn(9) * 2),
        case("gelu", F.gelu, [-10.0, 10.0, 0.0, 1e-3, -3.0]),
        case("geluTanh", lambda x: F.gelu(x, approximate="tanh"), randn(9) * 2),
        case("silu", F.silu, randn(9) * 4),
        case("silu", F.silu, [100.0, -100.0, 0.0, 20.0, -20.0]),
        case("relu", F.relu, [1.0, -1.0, 0.0, inf, -inf]),
        case("erf", torch.erf, [0.0, 0.1, -0.5, 1.0, 1.99, 2.01, -3.0, 4.0, 6.5, inf, -inf, nan]),
        case("log1p", torch.log1p, [0.0, 1e-8, -1e-8, 1e-4, 0.5, -0.5, -0.999, 1e8, inf, nan]),
        case("expm1", torch.expm1, [0.0, 1e-8, -1e-8, 1e-4, 0.5, -0.5, 0.99, 1.01, 5.0, -20.0]),
        case("clip", lambda x: torch.clamp(x, -1, 1), [-2.0, -1.0, 0.0, 1.0, 2.0, inf, -inf]),
        case("pow", torch.pow, [2.0, 0.5, 3.0, 0.0, 1.5], [3.0, -2.0, 0.0, 2.0, 0.5]),
        case("maximum", torch.maximum, [1.0, 2.0, 3.0, -1.0], [1.0, 3.0, 2.0, -1.0]),
    ],
    "normalise": [
        case("layerNorm", lambda x: F.layer_norm(x, x.shape[-1:]), randn(4, 6) * 3 + 1),
        case("layerNorm", lambda x: F.layer_norm(x, x.shape[-1:]), randn(2, 3, 5) + 100, condition=100),
        case("rmsNorm", lambda x: F.rms_norm(x, x.shape[-1:], eps=1e-6), randn(4, 6) * 3),
        case("variance", lambda x: torch.var(x, -1, correction=0), randn(4, 6) * 3 + 1),
        case("varianceBessel", lambda x: torch.var(x, correction=1), randn(4, 6)),
        case("mean", lambda x: torch.mean(x, 0), randn(4, 6)),
        case("reduceMax", lambda x: torch.amax(x, -1), ties[:1] + ties[2:]),
    ],
    "indexing": [
        case("take", lambda x, i: x[i], randn(6, 3), ints([0, 2, 2], [-1, 5, 0])),
        case("takeAlongAxis", lambda x, i: torch.take_along_dim(x, i, -1), randn(4, 5), ints([0, 4, 4], [1, 1, 1], [2, 3, 0], [4, 0, 4])),
        case("takeAlongAxis", lambda x, i: torch.take_along_dim(x, i, -1), randn(4, 5), ints([3, 1])),
        case("scatterAdd", lambda i, x: torch.zeros(5, 3, dtype=x.dtype).index_add(0, i, x), ints(0, 3, 3, 1, 3, 0), randn(6, 3)),
        case("sort", lambda x: list(torch.sort(x, dim=-1, stable=True)), ties),
        case("sortDescending", lambda x: list(torch.sort(x, dim=-1, stable=True, descending=True)), ties),
        case("sort", lambda x: list(torch.sort(x, dim=-1, stable=True)), randn(3, 7)),
        case("cumsum", lambda x: torch.cumsum(x, -1), randn(3, 7)),
        case("cumsum", lambda x: torch.cumsum(x, -1), holes),
        case("argMax", lambda x: torch.argmax(x, -1), randn(3, 7)),
        case("oneHot", lambda i: F.one_hot(i, 4), ints(0, 3, 1, 1)),
        case("where", lambda a, b: torch.where(a > b, a, b * 2), randn(5, 1), randn(4)),
    ],
}

out.mkdir(parents=True, exist_ok=True)
for name, rows in goldens.items():
    text = json.dumps({"torch": torch.__version__.split("+")[0], "rows": rows}, separators=(",", ":"))
    (out / f"{name}.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")

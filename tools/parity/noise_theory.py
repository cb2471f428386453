"""Expectations of utility differences and of annotation quality by mpmath 1.4.1, from distribution functions.

    pip install -r tools/parity/noise-theory-requirements.txt
    python tools/parity/noise_theory.py    writes packages/noise/src/theory/goldens/expectations.json

None of it takes the way of the package, which integrates densities of differences: E|a - b| is an integral of distribution
functions, E q(|a - b|) one of q' and the survival function of the difference, by parts, in double precision. Everything
else is in 30 digits.
"""

import json
import math
from pathlib import Path

import mpmath as mp

mp.mp.dps = 30
inf = float("inf")

# Distribution function, density and places where panels end, at location 0 and scale 1.
FAMILIES = {}


def use(ctx):
    """Fills FAMILIES with functions of one of mpmath's kinds of numbers."""
    exp, half, pi, root = ctx.exp, ctx.mpf(1) / 2, ctx.pi, ctx.sqrt(ctx.mpf(3))
    top = ctx.mpf(700)
    FAMILIES.update({
        "normal": (ctx.ncdf, ctx.npdf, [-inf, -6, 0, 6, inf]),
        "logistic": (
            lambda z: 1 / (1 + exp(min(top, -z))),
            lambda z: exp(-abs(z)) / (1 + exp(-abs(z))) ** 2,
            [-inf, -8, 0, 8, inf],
        ),
        "gumbel": (
            lambda z: exp(-exp(min(top, -z))),
            lambda z: exp(-z - exp(-z)) if z > -top else ctx.mpf(0),
            [-inf, -4, 0, 8, inf],
        ),
        "laplace": (
            lambda z: exp(z) / 2 if z < 0 else 1 - exp(-z) / 2,
            lambda z: exp(-abs(z)) / 2,
            [-inf, -8, 0, 8, inf],
        ),
        "uniform": (
            lambda z: min(ctx.mpf(1), max(ctx.mpf(0), (z + 1) / 2)),
            lambda z: half if abs(z) <= 1 else ctx.mpf(0),
            [-1, 1],
        ),
        # Three degrees of freedom, whose distribution function is elementary; beyond 1e10, where it would cancel to
        # noise, lies 1e-20 of E|r|.
        "student-t": (
            lambda z: half + (z / root / (1 + z * z / 3) + ctx.atan(z / root)) / pi,
            lambda z: 2 / (pi * root * (1 + z * z / 3) ** 2),
            sorted(sign * 10.0**k for sign in (-1, 1) for k in (-1, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10)),
        ),
    })


use(mp.mp)


def places(family, location, scale):
    return [location + scale * z for z in FAMILIES[family][2]]


def absolute_difference(family, a, b):
    at = lambda r, x: FAMILIES[family][0]((r - x[0]) / x[1])
    ends = sorted(set(places(family, *a) + places(family, *b)))
    # 1 - F cancels in heavy tails.
    with mp.workdps(50):
        use(mp.mp)
        value = mp.quad(lambda r: at(r, a) * (1 - at(r, b)) + at(r, b) * (1 - at(r, a)), ends)
    use(mp.mp)
    return value


def survival(family, a, b, t):
    """P(a - b > t), in double precision."""
    cdf, density, _ = FAMILIES[family]
    upper = lambda r: 1 - cdf((r + t - a[0]) / a[1])
    shifted = [r - t for r in places(family, *a)]
    own = places(family, *b)
    ends = sorted({float(r) for r in own + shifted if own[0] <= r <= own[-1]})
    return mp.fp.quad(lambda r: float(density((r - b[0]) / b[1]) / b[1] * upper(r)), ends)


def quality(family, beta, a, b):
    """E q(|a - b|) for q the logistic function of beta, in double precision: two integrals in one another."""
    slope = lambda t: beta / (4 * math.cosh(min(beta * t / 2, 300)) ** 2)
    kinks = {0.0, 1.0, 4.0, 16.0}
    if family in ("uniform", "laplace"):
        edges = lambda x: [x[0] - x[1], x[0], x[0] + x[1]]
        kinks |= {float(abs(i - j)) for i in edges(a) for j in edges(b)}
    # Beyond 40/beta the slope is below 1e-17.
    ends = sorted(t for t in kinks | {40 / beta} if t <= 40 / beta)
    tail = lambda t: slope(t) * (survival(family, a, b, t) + survival(family, b, a, t))
    return 0.5 + mp.fp.quad(tail, ends)


def win_probability(family, reward, location, scale):
    density = FAMILIES[family][1]
    ends = sorted(set(places(family, location, scale)))
    ends = sorted({r for r in ends + [mp.mpf(reward)] if ends[0] <= r <= ends[-1]})
    mass = lambda r: density((r - location) / scale) / scale
    wins = mp.quad(lambda r: mass(r) / (1 + mp.exp(r - reward)), ends)
    losses = mp.quad(lambda r: mass(r) / (1 + mp.exp(reward - r)), ends)
    return wins, mp.log(wins) - mp.log(losses)


number = lambda x: float(mp.nstr(x, 20))
pairs = [((0, 1), (0, 1)), ((0.5, 0.25), (-1, 2)), ((3, 1), (0, 0.75))]
exact = lambda pair: tuple(tuple(mp.mpf(x) for x in one) for one in pair)
written = {"absoluteDifferences": [], "qualities": [], "gaussian": [], "classification": []}
for family in FAMILIES:
    for pair in pairs:
        a, b = exact(pair)
        value = number(absolute_difference(family, a, b))
        written["absoluteDifferences"].append({"family": family, "a": pair[0], "b": pair[1], "value": value})
    for pair in pairs[1:]:
        use(mp.fp)
        value = float(quality(family, 1.5, *pair))
        use(mp.mp)
        written["qualities"].append({"family": family, "beta": 1.5, "a": pair[0], "b": pair[1], "value": value})
        print(family, pair, value, flush=True)
    for reward in (-3, 0.5, 4):
        wins, logit = win_probability(family, reward, mp.mpf("0.25"), mp.mpf("0.75"))
        row = {"family": family, "reward": reward, "location": 0.25, "scale": 0.75}
        written["classification"].append({**row, "winProbability": number(wins), "logit": number(logit)})
for beta in (0.001, 0.1, 1, 3, 30, 1000):
    for link, cdf in (("logistic", lambda x: 1 / (1 + mp.exp(-x))), ("probit", mp.ncdf)):
        # Where q rises and where the difference has its mass are far apart for extreme β.
        ends = sorted({mp.mpf(0), 1 / mp.mpf(beta), 10 / mp.mpf(beta), mp.mpf(1), mp.mpf(5), mp.mpf(20), inf})
        value = mp.quad(lambda t: 2 * mp.npdf(t, 0, mp.sqrt(2)) * cdf(mp.mpf(beta) * t), ends)
        written["gaussian"].append({"beta": beta, "scale": 1, "link": link, "value": number(value)})

target = Path(__file__).parents[2] / "packages/noise/src/theory/goldens/expectations.json"
target.parent.mkdir(exist_ok=True)
rows = [f'  "{name}": [\n' + ",\n".join(f"    {json.dumps(r)}" for r in part) + "\n  ]" for name, part in written.items()]
target.write_text("{\n" + ",\n".join(rows) + "\n}\n")

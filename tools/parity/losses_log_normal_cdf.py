"""Chebyshev coefficients of log(erfc(z) e^(z²) / t) on t = 2 / (2 + z) in (0, 1], in 50 digits by mpmath.

    python tools/parity/losses_log_normal_cdf.py    prints the table of packages/losses/.../log-normal-cdf.ts
"""

import mpmath as mp

mp.mp.dps = 50
TERMS, NODES = 28, 200


def scaled(y):
    t = (y + 1) / 2
    z = 2 / t - 2
    if z < 40:
        return mp.log(mp.erfc(z) * mp.e ** (z * z) / t)
    # erfc(z) e^(z²) z √π = 1 - 1/(2z²) + 1·3/(2z²)² - …
    total, term, k = mp.mpf(0), mp.mpf(1), 0
    while abs(term) > mp.mpf(10) ** -48:
        total, term, k = total + term, -term * (2 * k + 1) / (2 * z * z), k + 1
    return mp.log(total / (z * mp.sqrt(mp.pi)) / t)


nodes = [mp.pi * (k + mp.mpf(1) / 2) / NODES for k in range(NODES)]
values = [scaled(mp.cos(x)) for x in nodes]
for j in range(TERMS):
    coefficient = 2 / mp.mpf(NODES) * sum(v * mp.cos(j * x) for v, x in zip(values, nodes))
    print(repr(float(coefficient / 2 if j == 0 else coefficient)) + ",")

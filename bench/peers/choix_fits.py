"""Fits of choix, as bradley-terry-bench.ts asks for them: a line of JSON with the data, then lines that say how often.

Lists of pairs, which choix takes, are made before anything is timed.
"""

import json
import sys
import time

import choix
import numpy as np


def dense(players, data):
    wins = np.zeros((players, players))
    np.add.at(wins, tuple(np.array(data).T), 1)
    return choix.ilsr_pairwise_dense(wins)


FITS = {
    "ilsr_pairwise": choix.ilsr_pairwise,
    "ilsr_pairwise_dense": dense,
    "mm_pairwise": choix.mm_pairwise,
    "opt_pairwise": lambda players, data: choix.opt_pairwise(players, data, alpha=0),
}


def main():
    request = json.loads(sys.stdin.readline())
    players, data = request["players"], [tuple(pair) for pair in request["pairs"]]
    fit = FITS[sys.argv[1]]
    print(json.dumps({"description": "choix 0.4.1"}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(json.loads(line)["steps"]):
            strengths = fit(players, data)
        seconds = time.perf_counter() - start
        print(json.dumps({"values": (strengths - strengths.mean()).tolist(), "seconds": seconds}), flush=True)


main()

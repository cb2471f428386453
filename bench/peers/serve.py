"""The protocol of peer.ts, for peers in Python: a request, then how many steps to take, a line of JSON each."""

import json
import sys
import time

import numpy
import torch


def read(request, name):
    return numpy.fromfile(f"{request['folder']}/{name}.f32", dtype=numpy.float32)


def serve(prepare, answers=sys.stdout):
    """`prepare(request)` gives a description and the function that takes so many steps and returns their values."""
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        if run is None:
            torch.set_num_threads(request["threads"])
            description, run = prepare(request)
            answer = {"description": f"PyTorch {torch.__version__}, {description}, {torch.get_num_threads()} thread(s)"}
        else:
            start = time.perf_counter()
            values = run(request["steps"])
            answer = {"values": values, "seconds": time.perf_counter() - start}
        print(json.dumps(answer), file=answers, flush=True)

"""The training step in PyTorch, eager. Speaks the protocol of peer.ts; the first argument is `default` or `fused`."""

import json
import sys
import time

import numpy
import torch


def prepare(request, variant):
    torch.set_num_threads(request["threads"])
    widths, pairs, folder = request["widths"], request["pairs"], request["folder"]
    stored = numpy.fromfile(f"{folder}/weights.f32", dtype=numpy.float32)
    layers, at = [], 0
    for inputs, outputs in zip(widths, widths[1:]):
        layer = torch.nn.Linear(inputs, outputs)
        weight = stored[at : at + inputs * outputs].reshape(inputs, outputs)
        bias = stored[at + inputs * outputs : at + (inputs + 1) * outputs]
        at += (inputs + 1) * outputs
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight.T.copy()))
            layer.bias.copy_(torch.from_numpy(bias.copy()))
        layers += [layer, torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    options = {"fused": True} if variant == "fused" else {}
    optimizer = torch.optim.Adam(model.parameters(), lr=request["learningRate"], **options)
    rows = torch.from_numpy(numpy.fromfile(f"{folder}/rows.f32", dtype=numpy.float32).reshape(2 * pairs, -1))

    def step():
        rewards = model(rows).squeeze(1)
        loss = -torch.nn.functional.logsigmoid(rewards[:pairs] - rewards[pairs:]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def main():
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        if step is None:
            step = prepare(request, sys.argv[1])
            threads = torch.get_num_threads()
            answer = {"description": f"PyTorch {torch.__version__}, eager, Adam {sys.argv[1]}, {threads} thread(s)"}
        else:
            start = time.perf_counter()
            losses = [step() for _ in range(request["steps"])]
            answer = {"losses": losses, "seconds": time.perf_counter() - start}
        print(json.dumps(answer), flush=True)


main()

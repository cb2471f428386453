"""The training step and the products in PyTorch, eager. Speaks the protocol of peer.ts; the first argument is
`default` or `fused`."""

import sys

import torch

from serve import read, serve

# As in work.ts, although nothing waits in a queue here.
LONGEST_CHAIN = 64


def prepare_training(request):
    widths, pairs = request["widths"], request["pairs"]
    stored = read(request, "weights")
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
    options = {"fused": True} if sys.argv[1] == "fused" else {}
    optimizer = torch.optim.Adam(model.parameters(), lr=request["learningRate"], **options)
    rows = torch.from_numpy(read(request, "rows").reshape(2 * pairs, -1))

    def step():
        rewards = model(rows).squeeze(1)
        loss = -torch.nn.functional.logsigmoid(rewards[:pairs] - rewards[pairs:]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return lambda count: [step() for _ in range(count)]


def prepare_products(request):
    size = request["size"]
    start, factor = (torch.from_numpy(read(request, name).reshape(size, size)) for name in ("start", "factor"))

    def chain(length):
        product = start
        for _ in range(length):
            product = product @ factor
        return product[0, :4].tolist()

    def run(count):
        values = []
        while count > 0:
            values = chain(min(count, LONGEST_CHAIN))
            count -= LONGEST_CHAIN
        return values

    return run


def prepare(request):
    prepare_kind = {"training": prepare_training, "matmul": prepare_products}[request["kind"]]
    return f"eager, Adam {sys.argv[1]}", prepare_kind(request)


serve(prepare)

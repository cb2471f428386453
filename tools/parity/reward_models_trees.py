"""CLF-Trees by LightGBM on the arguments that prefkit bundles: the first trees, and the scores of all responses.

    python tools/parity/reward_models_trees.py      writes packages/prefkit/src/demo/reward/goldens/clf-trees.json

Needs lightgbm 4.7.0 and numpy. Rows are responses with their labels: once as chosen, weighing as much as the pairs that
they are chosen in, and once as rejected.
"""

import gzip
import json
from pathlib import Path

import lightgbm
import numpy as np

ROUNDS = 5
prefkit = Path(__file__).parents[2] / "packages/prefkit"
data = prefkit / "data/ukpconvarg1"


def lines(name):
    with gzip.open(data / name, "rt") as file:
        return [json.loads(line) for line in file]


def unit_vectors():
    content = (data / "embeddings.safetensors").read_bytes()
    length = int.from_bytes(content[:8], "little")
    place = json.loads(content[8 : 8 + length])["arguments"]
    begin, end = (8 + length + at for at in place["data_offsets"])
    rows = np.frombuffer(content[begin:end], np.int8).reshape(place["shape"]).astype(np.float64)
    return (rows / np.sqrt((rows**2).sum(1, keepdims=True))).astype(np.float32)


vectors = unit_vectors()
arguments = lines("arguments.jsonl.gz")
place = {argument["id"]: i for i, argument in enumerate(arguments)}
strict = [pair for pair in lines("pairs.jsonl.gz") if pair["strict"] and pair["gold"] in (1, 2)]
first, second = (np.array([place[pair[side]] for pair in strict]) for side in ("a1", "a2"))
is_first = np.array([pair["gold"] == 1 for pair in strict])
chosen, rejected = np.where(is_first, first, second), np.where(is_first, second, first)

wins, losses = (np.bincount(side, minlength=len(vectors)) for side in (chosen, rejected))
rows = [(row, label) for row in range(len(vectors)) for label in (1, 0) if (wins, losses)[1 - label][row] > 0]
features = vectors[[row for row, _ in rows]]
label = np.array([label for _, label in rows])
weight = np.array([(wins, losses)[1 - label][row] for row, label in rows])

parameters = {"objective": "binary", "seed": 0, "num_threads": 1, "deterministic": True, "verbosity": -1}
booster = lightgbm.train(parameters, lightgbm.Dataset(features, label, weight=weight), ROUNDS)


def arrays(tree):
    """Splits and leaves of a tree, from LightGBM's text."""
    fields = dict(line.split("=", 1) for line in tree.splitlines() if "=" in line)
    return {
        name: [float(value) for value in fields[name].split()]
        for name in ("split_feature", "threshold", "leaf_value", "leaf_count")
    }


trees = booster.model_to_string().split("\nTree=")[1:]
content = {
    "lightgbm": lightgbm.__version__,
    "trees": [arrays(tree) for tree in trees],
    "scores": booster.predict(vectors, raw_score=True).tolist(),
}
path = prefkit / "src/demo/reward/goldens/clf-trees.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(content) + "\n")

"""Bins of columns as LightGBM 4.7.0 finds them.

    pip install -r tools/parity/trees-requirements.txt
    python tools/parity/trees_binning.py    writes packages/trees/src/binning/goldens/binning.json

Bins of rows are those of Dataset's text dump; bounds, categories and what else a BinMapper has are read from the binary
file of the same Dataset; feature_infos from a model. Columns are stored beside them, as base64 of little-endian numbers.
"""

import base64
import json
import struct
import tempfile
from pathlib import Path

import lightgbm as lgb
import numpy as np

ROOT = Path(__file__).parents[2]
OUT = ROOT / "packages/trees/src/binning/goldens/binning.json"
random = np.random.default_rng(20250711)
ROWS = 200
DEFAULTS = {
    "max_bin": 255,
    "max_bin_by_feature": [],
    "min_data_in_bin": 3,
    "min_data_in_leaf": 20,
    "feature_pre_filter": True,
    "use_missing": True,
    "zero_as_missing": False,
    "bin_construct_sample_cnt": 200000,
    "data_random_seed": 1,
}
MISSING = ["none", "zero", "nan"]


def some(values, replacement, share):
    """A copy of which a share of the values is another."""
    result = np.array(values, dtype=np.float64)
    result[random.uniform(size=result.size) < share] = replacement
    return result


def neighbours(start, count):
    """Values that are one unit in the last place apart, and some further on."""
    result = [start]
    for step in range(count):
        value = result[-1]
        for _ in range(1 + step % 3):
            value = np.nextafter(value, np.inf)
        result.append(value)
    return result


def numerical():
    normal = random.normal(size=ROWS)
    tiny = np.float64(np.float32(1e-35))
    double = np.finfo(np.float64)
    return {
        "normal": normal,
        "normal-single": normal.astype(np.float32),
        "rounded": np.round(normal, 1),
        "integers": random.integers(-40, 40, size=ROWS),
        "positive": random.exponential(size=ROWS),
        "negative": -random.exponential(size=ROWS),
        "few": random.choice([-1.5, 2, 7], size=ROWS),
        "two": random.choice([0, 1], size=ROWS, p=[0.3, 0.7]),
        "rare": np.where(np.arange(ROWS) < 5, 1.0, 0.0),
        "one-hot": np.where(np.arange(ROWS) % 10 == 3, 1.0, 0.0),
        "heavy-zeros": some(normal, 0, 0.8),
        "heavy-value": some(normal, 0.25, 0.8),
        "heavy-values": some(some(normal, 0.25, 0.3), -0.5, 0.4),
        "half-nan": some(normal, np.nan, 0.5),
        "nan-and-zeros": some(some(normal, np.nan, 0.2), 0, 0.5),
        "nan-and-one": np.where(np.arange(ROWS) % 2 == 0, np.nan, 1.0),
        "nan-and-negative": some(-random.exponential(size=ROWS), np.nan, 0.1),
        "all-nan": np.full(ROWS, np.nan),
        "constant": np.full(ROWS, 3.25),
        "zeros": np.zeros(ROWS),
        "infinities": some(some(normal, np.inf, 0.1), -np.inf, 0.1),
        "infinity-single": some(some(normal, np.inf, 0.1), -np.inf, 0.02).astype(np.float32),
        "largest": random.choice([double.max, -double.max, np.inf, -np.inf, double.max / 2, 1, np.nan], size=ROWS),
        "denormals": random.choice(np.arange(-30, 30) * 5e-324, size=ROWS),
        "denormals-single": random.choice(np.arange(-90, 90) * np.float32(1e-45), size=ROWS).astype(np.float32),
        "around-threshold": random.choice(
            [tiny, -tiny, np.nextafter(tiny, 1), np.nextafter(-tiny, -1), 2e-35, -2e-35, 0, -0.0], size=ROWS
        ),
        "negative-zero": some(np.abs(normal), -0.0, 0.3),
        "huge": normal * 1e300,
        "tiny": normal * 1e-34,
        "magnitudes": np.sign(normal) * 10 ** random.uniform(-300, 300, size=ROWS),
        "magnitudes-single": (np.sign(normal) * 10 ** random.uniform(-44, 38, size=ROWS)).astype(np.float32),
        "neighbours": random.choice(neighbours(1.0, 30), size=ROWS),
        "neighbours-negative": random.choice(neighbours(-1.0, 30), size=ROWS),
        "ties": np.repeat(np.arange(ROWS // 8), 8) * 0.1,
        "distinct": random.permutation(600) * 0.37 - 50,
    }


def categorical():
    zipf = random.zipf(1.3, size=ROWS) - 1
    return {
        "categories": random.integers(0, 12, size=ROWS),
        "categories-skewed": np.minimum(zipf, 60),
        "categories-rare": some(random.integers(0, 4, size=ROWS), 9, 0.004),
        "categories-many": random.integers(0, 330, size=700),
        "categories-sparse": random.integers(0, 20, size=ROWS) * 10_000_019,
        "categories-negative": random.integers(-3, 6, size=ROWS),
        "categories-all-negative": -random.integers(1, 6, size=ROWS),
        "categories-nan": some(random.integers(0, 7, size=ROWS), np.nan, 0.3),
        "categories-all-nan": np.full(ROWS, np.nan),
        "categories-fractions": np.round(random.normal(size=ROWS) * 3, 2),
        "categories-fractions-around-zero": np.round(random.uniform(-0.99, 0.99, size=ROWS), 2),
        "categories-too-large": random.choice([1, 2, 2147483647.0, 2147483648.0, 1e300, np.inf, -np.inf], size=ROWS),
        "categories-two": random.choice([4, 5], size=ROWS, p=[0.02, 0.98]),
        "categories-one": np.full(ROWS, 4.0),
        "categories-zero": np.zeros(ROWS),
        "categories-single": random.integers(0, 12, size=ROWS).astype(np.float32),
    }


SETTINGS = [
    {},
    {"max_bin": 2, "min_data_in_bin": 1},
    {"max_bin": 3},
    {"max_bin": 4, "zero_as_missing": True, "min_data_in_leaf": 1},
    {"max_bin": 15},
    {"max_bin": 63, "min_data_in_bin": 20, "min_data_in_leaf": 1},
    {"max_bin": 500, "min_data_in_bin": 1, "min_data_in_leaf": 0},
    {"max_bin": 31, "use_missing": False, "feature_pre_filter": False},
    {"zero_as_missing": True, "feature_pre_filter": False, "min_data_in_bin": 1},
    {"max_bin": 20, "min_data_in_leaf": 150, "min_data_in_bin": 5},
]


HEAD = "<i4xi4xB7xdi4xddI4xI4x"  # bins, missing, trivial, sparse rate, type, least, most, default, most frequent


def mapper(binary, info, is_categorical):
    """The BinMapper in a Dataset's binary file: the one place whose type, values and bins are those of feature_infos."""
    for head in range(0, len(binary) - struct.calcsize(HEAD), 4):
        bins, missing, trivial, _, kind, least, most, default, frequent = struct.unpack_from(HEAD, binary, head)
        if trivial != 0 or missing not in (0, 1, 2) or kind != int(is_categorical) or not 1 < bins < 1000:
            continue
        form = f"<{bins}{'i' if is_categorical else 'd'}"
        if head + struct.calcsize(HEAD) + struct.calcsize(form) > len(binary):
            continue
        bounds = struct.unpack_from(form, binary, head + struct.calcsize(HEAD))
        said = ":".join(map(str, bounds)) if is_categorical else f"[{least:.17g}:{most:.17g}]"
        if said == info and default < bins and frequent < bins:
            return {
                "numBins": bins,
                "missing": MISSING[missing],
                "defaultBin": default,
                "mostFrequentBin": frequent,
                "bounds": list(bounds),
            }
    raise ValueError(f"no mapper {info}")


def text(value):
    return value if np.isfinite(value) else str(value)


def bins_of(column, is_categorical, settings):
    parameters = {**DEFAULTS, **settings, "verbosity": -1, "enable_bundle": False, "num_threads": 1}
    if not parameters["max_bin_by_feature"]:
        del parameters["max_bin_by_feature"]
    label = np.arange(column.size) % 2
    categories = [0] if is_categorical else []
    data = lgb.Dataset(column.reshape(-1, 1), label, params=parameters, categorical_feature=categories, free_raw_data=False)
    data.construct()
    with tempfile.TemporaryDirectory() as folder:
        data._dump_text(f"{folder}/dump.txt")
        dump = Path(f"{folder}/dump.txt").read_text().split("\n")[-column.size :]
        data.save_binary(f"{folder}/data.bin")
        binary = Path(f"{folder}/data.bin").read_bytes()
    model = lgb.train({**parameters, "objective": "binary", "num_iterations": 1}, data)
    info = next(line for line in model.model_to_string().split("\n") if line.startswith("feature_infos=")).split("=")[1]
    if info == "none":
        return {"info": info}
    bins = np.array([int(line.strip(", ")) for line in dump], dtype="<u2")
    found = mapper(binary, info, is_categorical)
    found["bounds"] = [text(bound) for bound in found["bounds"]]
    return {"info": info, **found, "bins": base64.b64encode(bins.tobytes()).decode()}


def encode(column):
    kind = "<f4" if column.dtype == np.float32 else "<f8"
    return {"single": kind == "<f4", "data": base64.b64encode(column.astype(kind).tobytes()).decode()}


def main():
    cases = []
    columns = [(name, column, False) for name, column in numerical().items()]
    columns += [(name, column, True) for name, column in categorical().items()]
    for name, column, is_categorical in columns:
        column = column if column.dtype == np.float32 else column.astype(np.float64)
        results = [{"settings": s, **bins_of(column, is_categorical, s)} for s in SETTINGS]
        cases.append({"name": name, "categorical": is_categorical, **encode(column), "results": results})
    sampled = random.normal(size=1500).astype(np.float32)
    sampled[random.uniform(size=1500) < 0.2] = 0
    counts = [{"bin_construct_sample_cnt": count, "data_random_seed": seed} for count in (5, 120, 1300) for seed in (1, 7)]
    results = [{"settings": {**s, "min_data_in_leaf": 3}, **bins_of(sampled, False, {**s, "min_data_in_leaf": 3})} for s in counts]
    cases.append({"name": "sampled", "categorical": False, **encode(sampled), "results": results})
    text_ = json.dumps({"lightgbm": lgb.__version__, "defaults": DEFAULTS, "columns": cases}, separators=(",", ":"))
    OUT.write_text(text_ + "\n")
    print(len(text_), "bytes")


main()

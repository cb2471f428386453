"""Verdicts of IFEval's original program, for the tests of @prefkit/evals/ifeval.

    python -m venv .venv && .venv/bin/pip install --no-deps -r tools/parity/ifeval-requirements.txt six regex click joblib tqdm
    .venv/bin/python tools/parity/ifeval.py --data DIR --punkt FOLDER [--pairs 60] [--limit 600] [--out FILE]

google-research's `instruction_following_eval` is not on PyPI; lm-eval has its code (`lm_eval/tasks/ifeval`), whose checks
are the same statement by statement (compared as syntax trees without docstrings with two further copies, if-verifiable 0.1.2
and M-IFEval). `--punkt` is the folder `punkt_tab/english` of nltk_data (MIT). `--data` has texts to respond with, as JSON Lines
with a field `text`, one a line, and perhaps its `language`. Language detection is langdetect, seeded; its answers are recorded, since it draws at random.

Writes packages/evals/src/benchmarks/ifeval/goldens/ifeval.json.gz: for each instruction type `--pairs` responses of at most
`--limit` characters, with strict and loose verdicts, and the answers langdetect gave for them.
"""

import argparse
import gzip
import importlib
import json
import random
import sys
import types
from importlib.metadata import version
from pathlib import Path

import langdetect
import nltk

from ifeval_responses import responses_for

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "packages/evals/src/benchmarks/ifeval/goldens"


def original(punkt):
    """lm-eval's module for IFEval, without the rest of lm-eval, on the parameters in `punkt`."""
    from importlib.util import find_spec
    from nltk.tokenize.punkt import PunktSentenceTokenizer, load_punkt_params

    source = Path(find_spec("lm_eval").submodule_search_locations[0])
    for name, path in (("lm_eval", source), ("lm_eval.tasks", source / "tasks")):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(path)]
    tokenizer = PunktSentenceTokenizer()
    tokenizer._params = load_punkt_params(nltk.data.FileSystemPathPointer(str(punkt)))
    nltk.data.find = lambda *_: None
    nltk.tokenize.sent_tokenize = lambda text, language="english": tokenizer.tokenize(text)
    utils = importlib.import_module("lm_eval.tasks.ifeval.utils")
    util = importlib.import_module("lm_eval.tasks.ifeval.instructions_util")
    util._get_sentence_tokenizer = lambda: tokenizer
    return utils, util


detected = {}


def detect(text, find=langdetect.detect):
    """langdetect's answer, kept: it depends on the draws before it unless each text starts from the seed."""
    if text not in detected:
        try:
            detected[text] = find(text)
        except langdetect.LangDetectException:
            detected[text] = None
    if detected[text] is None:
        raise langdetect.LangDetectException(0, "no features")
    return detected[text]


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--data", required=True, type=Path)
    parse.add_argument("--punkt", required=True, type=Path)
    parse.add_argument("--pairs", type=int, default=60)
    parse.add_argument("--language-pairs", type=int)
    parse.add_argument("--limit", type=int, default=600)
    parse.add_argument("--seed", type=int, default=2311)
    parse.add_argument("--out", type=Path, default=FOLDER / "ifeval.json.gz")
    given = parse.parse_args()
    langdetect.DetectorFactory.seed = 0
    langdetect.detect = detect
    utils, util = original(given.punkt)
    rng = random.Random(given.seed)
    texts = [json.loads(line) for line in given.data.open()]
    short = [row["text"] for row in texts if len(row["text"]) <= given.limit]
    by_language = {}
    for row in texts:
        if "language" in row and len(row["text"]) <= given.limit:
            by_language.setdefault(row["language"], []).append(row["text"])
    with gzip.open(FOLDER / "prompts.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    by_type = {}
    for row in rows:
        for name, kwargs in zip(row["instruction_id_list"], row["kwargs"]):
            if name != "keywords:letter_frequency" or kwargs["letter"].isalpha():
                by_type.setdefault(name, []).append((row, kwargs))

    def judge(names, kwargs, prompt, response):
        example = utils.InputExample(0, names, prompt, kwargs)
        strict = utils.test_instruction_following_strict(example, response).follow_instruction_list
        loose = utils.test_instruction_following_loose(example, response).follow_instruction_list
        return "".join(map(str, map(int, strict))), "".join(map(str, map(int, loose)))

    pairs = []
    for name, choices in sorted(by_type.items()):
        languages = name.startswith(("language", "change_case:english"))
        wanted = given.language_pairs or given.pairs if languages else given.pairs
        made = 0
        while made < wanted:
            row, kwargs = rng.choice(choices)
            own = by_language.get(kwargs.get("language"), short) if rng.random() < 0.6 else short
            response = responses_for(name, kwargs, row["prompt"], own, rng)
            if len(response) > 3 * given.limit:
                continue
            strict, loose = judge([name], [kwargs], row["prompt"], response)
            pair = {"id": name, "kwargs": kwargs, "response": response, "verdicts": strict + loose}
            if name.endswith("number_sentences"):
                pair["count"] = util.count_sentences(response)
            if name.endswith("number_words"):
                pair["count"] = util.count_words(response)
            if name.endswith("capital_word_frequency"):
                pair["tokens"] = util.nltk.word_tokenize(response)
            pairs.append(pair)
            made += 1
    # Each prompt answered by itself: texts that are in the repository already.
    own = [judge(row["instruction_id_list"], row["kwargs"], row["prompt"], row["prompt"]) for row in rows if row["key"] not in (1122, 1129)]
    libraries = {name: version(name) for name in ("lm-eval", "nltk", "langdetect")}
    golden = {"madeWith": {**libraries, "python": sys.version.split()[0]}, "pairs": pairs, "prompts": own, "languages": detected}
    given.out.write_bytes(gzip.compress(json.dumps(golden, separators=(",", ":"), ensure_ascii=True).encode(), mtime=0))
    print(len(pairs), len(detected), given.out.stat().st_size)


main()

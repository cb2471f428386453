"""Logits of forward passes by transformers: padding on either side, packing, sliding windows, scaled RoPE."""

import numpy as np
import torch
import transformers
from lm_shared import TINY, llama2c_tokenizer, loaded, logits_row, padded, stories, tiny, write_rows

# The scalings of RoPE on the weights of the golden `llama-biased`, as fields of its config.json, and how many tokens.
SHORT = {"max_position_embeddings": 16}
SCALINGS = {
    "rope plain": ({"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}}, 24),
    "rope linear": ({"rope_parameters": {"rope_type": "linear", "rope_theta": 10000.0, "factor": 4.0}}, 24),
    "rope dynamic, within": ({**SHORT, "rope_parameters": {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 3.0}}, 16),
    "rope dynamic, beyond": ({**SHORT, "rope_parameters": {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 3.0}}, 40),
    "rope llama3": ({"max_position_embeddings": 512, "rope_parameters": {
        "rope_type": "llama3", "rope_theta": 10000.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 128}}, 40),
    "rope yarn": ({"max_position_embeddings": 256, "rope_parameters": {
        "rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0, "original_max_position_embeddings": 64}}, 40),
    "rope yarn, all given": ({"max_position_embeddings": 512, "rope_parameters": {
        "rope_type": "yarn", "rope_theta": 100.0, "factor": 8.0, "beta_fast": 4.0, "beta_slow": 0.5, "attention_factor": 1.25,
        "original_max_position_embeddings": 64}}, 40),
}
# Windows, where the golden has none; mistral's and qwen2's are 16 and 8.
WINDOWED = {"mistral": {}, "qwen2": {}, "qwen3": {
    "use_sliding_window": True, "sliding_window": 6, "max_window_layers": 1, "layer_types": ["sliding_attention", "full_attention"]}}


def forward(model, ids, mask=None, positions=None):
    given = {"attention_mask": mask, "position_ids": positions}
    with torch.no_grad():
        return model(torch.tensor(ids), **{key: torch.tensor(value) for key, value in given.items() if value}, use_cache=False).logits


def case(model, name, batch, parts, at, row=logits_row, **shown):
    """One pass. A model is made anew for each, because dynamic RoPE remembers the longest sequence that it has seen."""
    logits = forward(model(), *batch)
    ids, mask, positions = batch
    given = {"ids": ids, "attentionMask": mask, "positions": positions}
    return {"name": name, **parts, **{key: value for key, value in given.items() if value},
            **shown, "rows": [row(each, logits[each[0], each[1]]) for each in at]}


def tokens_at(mask):
    return [[row, column] for row, each in enumerate(mask) for column, real in enumerate(each) if real]


def every(mask, step):
    """Some of the tokens, the last ones of each row always among them."""
    return [[row, column] for row, column in tokens_at(mask)
            if column % step == 0 or column + 1 == len(mask[row]) or not mask[row][column + 1]]


def packed(model, sequences, parts, row):
    """Sequences in one row, their logits from passes apart."""
    ids = [token for each in sequences for token in each]
    positions = [place for each in sequences for place in range(len(each))]
    apart = torch.cat([forward(model(), [each])[0] for each in sequences])
    together = forward(model(), [ids], None, [positions])[0]
    assert torch.allclose(apart, together, atol=2e-5), (apart - together).abs().max()
    return {"name": "packed", **parts, "ids": [ids], "positions": [positions], "lengths": [len(each) for each in sequences],
            "rows": [row([0, place], logits) for place, logits in enumerate(apart)]}


def paddings(model, draw, parts, row=logits_row):
    ragged = [draw(6), draw(2), draw(5)]
    left, right = padded(ragged, left=True), padded(ragged)
    plain = padded([draw(6), draw(6)])
    return [
        case(model, "plain", (plain[0], None, None), parts, tokens_at(plain[1]), row),
        case(model, "left-padded", left, parts, tokens_at(left[1]), row),
        case(model, "right-padded", right, parts, tokens_at(right[1]), row),
        packed(model, [draw(5), draw(4)], parts, row),
    ]


def tiny_cases(name):
    random = np.random.default_rng(sum(map(ord, name)))

    def draw(length):
        return random.integers(3, 32, size=length).tolist()

    cases = paddings(lambda: tiny(name), draw, {"model": name})
    if name in WINDOWED:
        overrides = WINDOWED[name]
        parts = {"model": name, **({"configOverrides": overrides} if overrides else {})}
        batch = padded([draw(28), draw(21)], left=True)
        cases.append(case(lambda: tiny(name, **overrides), "longer than the window", batch, parts, every(batch[1], 6)))
    if name == "qwen3":
        ids, _, _ = padded([draw(40)])
        short = {"max_position_embeddings": 24}
        cases.append(case(lambda: tiny(name, **short), "dynamic, beyond", (ids, None, None),
                          {"model": name, "configOverrides": short}, every([[1] * 40], 8)))
    return cases


def scaled(name, overrides, length):
    ids = np.random.default_rng(length).integers(3, 32, size=(1, length)).tolist()
    return case(lambda: tiny("llama-biased", **overrides), name, (ids, None, None),
                {"model": "llama-biased", "configOverrides": overrides}, every([[1] * length], 6))


def scaled_padded():
    """Dynamic scaling goes by the greatest position of the batch."""
    overrides, _ = SCALINGS["rope dynamic, beyond"]
    random = np.random.default_rng(1)
    batch = padded([random.integers(3, 32, size=length).tolist() for length in (26, 9)], left=True)
    return case(lambda: tiny("llama-biased", **overrides), "rope dynamic, padded", batch,
                {"model": "llama-biased", "configOverrides": overrides}, every(batch[1], 6))


def stories_cases():
    random = np.random.default_rng(260)
    sampled = sorted(random.choice(512, size=8, replace=False).tolist())
    text = iter(llama2c_tokenizer().encode(
        "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big dog."))

    def draw(length):
        return [1, *(next(text) for _ in range(length - 1))]

    def row(at, logits):
        return logits_row(at, logits, top=8, sampled=sampled)

    cases = paddings(stories, draw, {"model": "stories260K"}, row)
    full, _, _ = padded([random.integers(3, 512, size=512).tolist()])
    cases.append(case(stories, "as long as the context", (full, None, None), {"model": "stories260K"},
                      [[0, place] for place in (0, 100, 255, 400, 511)], row))
    return cases


def make():
    torch.set_num_threads(1)
    cases = [each for name in TINY for each in tiny_cases(name)]
    cases += [scaled(name, *scaling) for name, scaling in SCALINGS.items()]
    cases += [scaled_padded(), *stories_cases()]
    write_rows("logits.json", {"reference": f"transformers {transformers.__version__}, torch {torch.__version__}", "cases": cases})

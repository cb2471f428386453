"""Opens what @prefkit/lm has saved with peft and transformers, and compares logits.

    python tools/parity/lm-peft-check.py --base BASE --adapter DIRECTORY [--merged DIRECTORY] [--expected FILE]
    python tools/parity/lm-peft-check.py --merged DIRECTORY [--expected FILE]

BASE is a directory of Hugging Face, a GGUF, stories260K, or a golden such as llama. `--adapter` is a directory in PEFT's layout,
`--merged` one of Hugging Face; given both, the merged model is compared with the adapter on its base. FILE is JSON with `ids` [B, T],
unpadded, and the `logits` [B, T, V] that @prefkit/lm has for them (or those of the last tokens, [B, V]). Without it, the logits of
a fixed prompt are printed. Says the largest difference, relative to the largest logit, and fails when it is over --tolerance.
"""

import argparse
import json
import sys
from pathlib import Path

# gguf.py beside this file is not the package of that name: what is installed comes first.
sys.path.append(sys.path.pop(0))

import peft
import torch
import transformers
from lm_shared import EAGER, TINY, loaded, smollm2_model


def base_model(name):
    if name in (*TINY, "stories260K"):
        return loaded(name)
    if name.endswith(".gguf"):
        return smollm2_model(name)
    return transformers.AutoModelForCausalLM.from_pretrained(name, **EAGER).eval()


def with_adapter(base, directory):
    """Every tensor of the adapter must find its place, and every place its tensor."""
    config = peft.PeftConfig.from_pretrained(directory)
    model = peft.get_peft_model(base, config)
    saved = peft.load_peft_weights(directory)
    expected = peft.get_peft_model_state_dict(model, save_embedding_layers=False)
    if saved.keys() != expected.keys():
        sys.exit(f"{directory}: lacks {sorted(expected.keys() - saved.keys())}, has beside {sorted(saved.keys() - expected.keys())}")
    peft.set_peft_model_state_dict(model, saved)
    return model.eval()


def merged_model(directory):
    model, found = transformers.AutoModelForCausalLM.from_pretrained(directory, output_loading_info=True, **EAGER)
    wrong = {key: sorted(found[key]) for key in ("missing_keys", "unexpected_keys", "mismatched_keys") if found[key]}
    if wrong:
        sys.exit(f"{directory}: {wrong}")
    return model.eval()


def logits_of(model, ids):
    with torch.no_grad():
        return model(torch.tensor(ids), use_cache=False).logits


def compare(what, logits, expected, tolerance):
    difference = ((logits - expected).abs().max() / expected.abs().max()).item()
    print(f"{what}: the largest difference is {difference:.2e} of the largest logit, of {expected.numel()}")
    return difference <= tolerance


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--base", "--adapter", "--merged", "--expected"):
        options.add_argument(name)
    options.add_argument("--tolerance", type=float, default=1e-4)
    given = options.parse_args()
    if bool(given.base) != bool(given.adapter) or not (given.adapter or given.merged):
        options.error("expected --base with --adapter, or --merged, or all three")
    models = {}
    if given.adapter:
        models["adapter"] = with_adapter(base_model(given.base), given.adapter)
    if given.merged:
        models["merged"] = merged_model(given.merged)
    expected = json.loads(Path(given.expected).read_text()) if given.expected else None
    ids = expected["ids"] if expected else [[place % 7 + 3 for place in range(24)]]
    found = {name: logits_of(model, ids) for name, model in models.items()}
    agreed = True
    for name, logits in found.items():
        best = logits[0, -1].topk(5)
        print(f"{name}: after {len(ids[0])} tokens", {key: round(each, 5) for key, each in zip(best.indices.tolist(), best.values.tolist())})
        if expected:
            wanted = torch.tensor(expected["logits"])
            agreed &= compare(f"{name}, @prefkit/lm", logits if wanted.ndim == 3 else logits[:, -1], wanted, given.tolerance)
    if len(found) == 2:
        agreed &= compare("merged, adapter", found["merged"], found["adapter"], given.tolerance)
    sys.exit(0 if agreed else 1)


if __name__ == "__main__":
    main()

"""Steps of training by torch and peft: all parameters, LoRA, a reward head; and the outputs of a value head."""

import copy
import json
import shutil

import numpy as np
import peft
import torch
import torch.nn.functional as F
import transformers
from lm_shared import OUT, floats, llama2c_tokenizer, loaded, logits_row, padded, write_rows

ADAMW = {"lr": 1e-3, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.01}
CLIP = 1.0
REFERENCE = f"torch {torch.__version__}, transformers {transformers.__version__}, peft {peft.__version__}"

TALES = [
    ("Once upon a time, there was a little girl named Lily.", " She had a red ball and she loved to play with it in the park."),
    ("Tom saw a dog.", " The dog was sad."),
    ("One day, a big bird came to the tree. It said,", " \"Hello! Can I sit here with you?\""),
    ("The cat was", " very hungry, so it went to look for some food. It found a fish."),
    ("Mom and Ben went to the shop.", " They got milk."),
    ("A boy had a toy car. He said,", " \"Look at my car! It is so fast.\" His friend was happy for him."),
    ("It was a sunny day", " and Sue was glad."),
    ("\"Where is my hat?\" asked Sam.", " It was on his head, and everyone laughed."),
]


def batch_of(pairs):
    """Prompts with their completions, in rows padded on the right."""
    ids, mask, _ = padded([prompt + completion for prompt, completion in pairs])
    completions, _, _ = padded([[0] * len(prompt) + [1] * len(completion) for prompt, completion in pairs])
    return {"ids": ids, "attentionMask": mask, "completionMask": completions}


def stories_batches():
    tokenizer = llama2c_tokenizer()
    pairs = [([1, *tokenizer.encode(prompt)], tokenizer.encode(prompt + end)[len(tokenizer.encode(prompt)):]) for prompt, end in TALES]
    return [batch_of(pairs[:4]), batch_of(pairs[4:])]


def tiny_batches():
    random = np.random.default_rng(20)
    pairs = [(random.integers(3, 32, size=prompt).tolist(), random.integers(3, 32, size=completion).tolist())
             for prompt, completion in ((4, 5), (2, 9), (6, 2), (3, 6), (5, 1), (1, 10))]
    return [batch_of(pairs[:3]), batch_of(pairs[3:])]


def sft_loss(model, batch):
    """Mean over all tokens of completions in the batch of −log p(token | the tokens before it)."""
    ids, mask, completion = (torch.tensor(batch[key]) for key in ("ids", "attentionMask", "completionMask"))
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1]
    # Rows of logits, as transformers has them: over another axis than the last, log_softmax in f32 is some 1e-4 off.
    losses = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    counted = completion[:, 1:].flatten()
    return (losses * counted).sum() / counted.sum()


def trained(model):
    return [(name, each) for name, each in model.named_parameters() if each.requires_grad]


def steps_of(model, batches, count, loss_of, learning_rate):
    """Loss and norm of the gradient, before it is clipped, of each step; the batches in turn."""
    parameters = [each for _, each in trained(model)]
    optimizer = torch.optim.AdamW(parameters, foreach=False, **{**ADAMW, "lr": learning_rate})
    losses, norms = [], []
    for step in range(count):
        optimizer.zero_grad()
        loss = loss_of(model, batches[step % len(batches)])
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, CLIP).item())
        losses.append(loss.item())
        optimizer.step()
    return np.array(losses, np.float32), np.array(norms, np.float32)


def samples(model):
    """Some values of each trained parameter, by their place in the flat array."""
    found = {}
    for name, parameter in trained(model):
        flat = parameter.detach().reshape(-1)
        # The middle of c_attn.bias is that of keys, which softmax cancels: its gradient is nothing but rounding.
        middle = set() if name.endswith("c_attn.bias") else {flat.numel() // 3}
        places = sorted({0, flat.numel() - 2} | middle)
        # peft has the adapter's name in its parameters, but not in what it saves.
        found[name.replace(".default.", ".")] = {"at": places, "values": floats(flat[places])}
    return found


def nudged(model):
    """Each trained parameter off by about half a unit in its last place."""
    torch.manual_seed(0)
    with torch.no_grad():
        for _, parameter in trained(model):
            parameter.mul_(1 + torch.randn(parameter.shape) * 3e-8)
    return model


def largest(a, b):
    return float(f"{np.max(np.abs(a - b) / np.abs(a)):.1e}")


def run(make_model, batches, count, loss_of=sft_loss, learning_rate=ADAMW["lr"], after=None):
    model = make_model()
    losses, norms = steps_of(model, batches, count, loss_of, learning_rate)
    if after:
        after(model)
    other = nudged(make_model())
    near_losses, near_norms = steps_of(other, batches, count, loss_of, learning_rate)
    values, near = samples(model), samples(other)
    # A parameter without a gradient but for rounding (a bias of keys) goes wherever Adam's normalisation throws it.
    drift = {name: np.max(np.abs(np.subtract(values[name]["values"], near[name]["values"]))) for name in values}
    steady = {name: each for name, each in values.items() if drift[name] < learning_rate / 20}
    return {"steps": count, "learningRate": learning_rate, "losses": floats(losses), "gradientNorms": floats(norms),
            "sensitivity": {"losses": largest(losses, near_losses), "gradientNorms": largest(norms, near_norms),
                            "parameters": float(f"{max(drift[name] for name in steady):.1e}")},
            "parameters": steady}


def save_adapter(model, directory):
    """As peft saves, without the model card, and with the modules in an order that stays."""
    path = OUT / directory
    shutil.rmtree(path, ignore_errors=True)
    model.save_pretrained(path, save_embedding_layers=False)
    (path / "README.md").unlink(missing_ok=True)
    config = json.loads((path / "adapter_config.json").read_text())
    config["target_modules"] = sorted(config["target_modules"])
    (path / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def with_lora(name, targets, zero):
    """An adapter whose A is as peft draws it; B is zero, as peft has it, or drawn so that it counts from the first step."""
    torch.manual_seed(20)
    config = peft.LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, target_modules=targets, bias="none", task_type="CAUSAL_LM",
                             fan_in_fan_out=name == "gpt2")
    model = peft.get_peft_model(loaded(name), config).eval()
    model.peft_config["default"].base_model_name_or_path = name
    with torch.no_grad():
        for parameter_name, parameter in trained(model):
            if "lora_B" in parameter_name and not zero:
                parameter.copy_(torch.randn(parameter.shape) * 0.05)
    return model


def logits_after(model, batch):
    """Logits of the trained model at the last token of the first row of a batch."""
    with torch.no_grad():
        logits = model(torch.tensor(batch["ids"]), attention_mask=torch.tensor(batch["attentionMask"]), use_cache=False).logits
    last = sum(batch["attentionMask"][0]) - 1
    vocabulary = logits.shape[-1]
    return logits_row([0, last], logits[0, last], None if vocabulary <= 32 else 16, range(0, vocabulary, 32))


def lora(name, label, targets, zero, batches, count):
    directory = f"lora/{name}-{label}"
    large = name == "stories260K" and targets == "all-linear"
    adapter = {"initial": f"{directory}/initial", **({} if large else {"final": f"{directory}/final"})}
    seen = {}

    def make_model():
        return with_lora(name, targets, zero)

    def after(model):
        if "final" in adapter:
            save_adapter(model, adapter["final"])
        seen["logits"] = logits_after(model, batches[0])
        merged = logits_after(copy.deepcopy(model).merge_and_unload(), batches[0])
        assert np.allclose(seen["logits"]["logits"], merged["logits"], atol=1e-4), "merging changes logits"

    save_adapter(make_model(), adapter["initial"])
    found = run(make_model, batches, count, learning_rate=5e-3, after=after)
    return {"name": f"{name} {label}", "kind": "lora", "model": name, "adapter": adapter, **found, "logitsAfter": seen["logits"]}


def full(name, batches, count):
    seen = {}
    found = run(lambda: loaded(name), batches, count, after=lambda model: seen.update(logits=logits_after(model, batches[0])))
    return {"name": f"{name} full", "kind": "full", "model": name, **found, "logitsAfter": seen["logits"]}


HEADS = {"stories260K": 64, "llama": 16, "qwen3": 16, "gpt2": 16}


def head_weight(size):
    """Weights of a head, by a rule: sin(0.7 (i + 1)) / 4."""
    return torch.tensor(np.sin(0.7 * (np.arange(size) + 1)) / 4, dtype=torch.float32)


def reward_model(name):
    """The model under a scalar head without bias, read at the last token that is no padding."""
    model = loaded(name)
    config = model.config
    config.num_labels, config.pad_token_id = 1, 0
    rewarding = transformers.AutoModelForSequenceClassification.from_config(config, dtype=torch.float32, attn_implementation="eager")
    rewarding.base_model.load_state_dict(model.base_model.state_dict())
    with torch.no_grad():
        rewarding.score.weight.copy_(head_weight(HEADS[name])[None])
    return rewarding.eval()


def rewards_of(model, side):
    return model(input_ids=torch.tensor(side["ids"]), attention_mask=torch.tensor(side["attentionMask"]), use_cache=False).logits[:, 0]


def bradley_terry(model, pairs):
    return -F.logsigmoid(rewards_of(model, pairs["chosen"]) - rewards_of(model, pairs["rejected"])).mean()


def pairs_of(batches):
    """The first batch of each kind against the second: rows are pairs."""
    chosen, rejected = ({key: each[key] for key in ("ids", "attentionMask")} for each in batches)
    return {"chosen": chosen, "rejected": rejected}


def reward(name, batches):
    pairs = pairs_of(batches)
    model = reward_model(name)
    before = {side: floats(rewards_of(model, pairs[side])) for side in pairs}
    bradley_terry(model, pairs).backward()
    gradient = floats(model.score.weight.grad)
    found = run(lambda: reward_model(name), [pairs], 5, bradley_terry, learning_rate=2e-4)
    return {"name": f"{name} reward", "model": name, "scoreWeight": floats(head_weight(HEADS[name])[None]), **pairs,
            "rewards": before, "scoreGradient": gradient, **found}


def value(name, batch):
    """A linear head with a bias on the hidden state of each token, after the last norm."""
    model = loaded(name)
    ids, mask = torch.tensor(batch["ids"]), torch.tensor(batch["attentionMask"])
    with torch.no_grad():
        hidden = model.base_model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        values = F.linear(hidden, head_weight(HEADS[name])[None], torch.tensor([0.125]))[..., 0]
    rows = [[each if real else None for each, real in zip(*row)] for row in zip(floats(values), batch["attentionMask"])]
    return {"name": f"{name} value", "model": name, "weight": floats(head_weight(HEADS[name])[None]), "bias": [0.125],
            "ids": batch["ids"], "attentionMask": batch["attentionMask"], "values": rows}


def make():
    torch.set_num_threads(1)
    batches = {"stories260K": stories_batches(), **dict.fromkeys(("llama", "qwen3", "gpt2"), tiny_batches())}
    attention = {name: ["c_attn"] if name == "gpt2" else ["q_proj", "v_proj"] for name in batches}
    runs = []
    for name, mine in batches.items():
        count = 20 if name == "stories260K" else 6
        runs.append(full(name, mine, count))
        runs.append(lora(name, "attention", attention[name], True, mine, count))
        runs.append(lora(name, "all-linear", "all-linear", False, mine, count))
    write_rows("training.json", {
        "reference": REFERENCE,
        "optimizer": {"name": "AdamW", "betas": ADAMW["betas"], "eps": ADAMW["eps"], "weightDecay": ADAMW["weight_decay"], "maxGradientNorm": CLIP},
        "batches": batches,
        "runs": runs,
        "rewards": [reward(name, mine) for name, mine in batches.items()],
        "values": [value(name, mine[0]) for name, mine in batches.items()],
    })

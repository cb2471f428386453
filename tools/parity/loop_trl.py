"""Steps of GRPO and PPO as TRL's trainers make them, on responses that are given: what prefkit's loop must come to.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/loop-trl-requirements.txt
    .venv/bin/pip install --no-deps trl==1.16.0 && .venv/bin/python tools/parity/loop_trl.py grpo
    .venv/bin/pip install --no-deps trl==1.12.0 && .venv/bin/python tools/parity/loop_trl.py ppo

Writes packages/prefkit/src/loop/goldens/trl-{grpo,ppo}.json; 1.12.0 is the last release with a trainer for PPO. The model is
stories260K in f32, all of its weights train, and nothing else of a trainer is replaced but what it would draw or look up: responses,
rewards, and the order of PPO's minibatches.

TRL's PPO adds the score one token after the last of a response, wherever padding follows, and learns a value there (its issue 3750).
The case "as published" is that; in all others `sequence_lengths_p1` is the last token's place, which changes nothing for responses of
full length. It also averages approxkl, ratio and entropy over padding.
"""

import argparse
import inspect
import json
import os
import sys
import tempfile
import textwrap
import warnings
from pathlib import Path

os.environ.update({"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TRL_EXPERIMENTAL_SILENCE": "1"})
warnings.filterwarnings("ignore")
# gguf.py beside this file is not the package of that name: what is installed comes first.
sys.path.append(sys.path.pop(0))

import numpy as np
import tokenizers
import torch
import transformers
import trl
from datasets import Dataset
from lm_shared import floats, llama2c_tokenizer, stories

OUT = Path(__file__).resolve().parents[2] / "packages/prefkit/src/loop/goldens"
EOS, PAD = 2, 0
PROMPTS = ["Once upon a time", "Tom saw a dog.", "The cat was", "One day, a big bird came"]
LENGTH = 10
LEARNING_RATE = 1e-4
# The orders in which prefkit's loop passes over eight responses, epoch by epoch, with seed 0.
ORDERS = [
    [3, 0, 2, 1, 5, 7, 6, 4], [2, 0, 7, 4, 3, 6, 5, 1], [0, 5, 7, 3, 2, 4, 1, 6], [4, 1, 5, 6, 2, 7, 0, 3],
    [6, 5, 2, 1, 4, 7, 3, 0], [7, 2, 3, 6, 1, 4, 0, 5], [1, 4, 3, 6, 0, 5, 7, 2], [1, 2, 6, 0, 5, 4, 3, 7],
]


def prompt_ids():
    tokenizer = llama2c_tokenizer()
    return [[1, *tokenizer.encode(text)] for text in PROMPTS]


@torch.no_grad()
def response(model, prompt, length, ends):
    """Tokens as the model draws them, none of them special; the last ends the text where it is to."""
    ids = list(prompt)
    for _ in range(length - ends):
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
        logits[:3] = -torch.inf
        ids.append(torch.multinomial(torch.softmax(logits, -1), 1).item())
    return ids[len(prompt) :] + [EOS] * ends


def rollouts(seed, ragged, prompts_a_step, samples, steps):
    """For each step its prompts, and for each of these its responses with their rewards."""
    torch.manual_seed(seed)
    random, model, prompts = np.random.default_rng(seed), stories(), prompt_ids()
    drawn = []
    for step in range(steps):
        rows = []
        for place in range(prompts_a_step):
            prompt = prompts[(step * prompts_a_step + place) % len(prompts)]
            for _ in range(samples):
                ends = int(ragged and random.random() < 0.6)
                length = int(random.integers(3, LENGTH)) if ends else LENGTH
                reward = round(float(random.normal()), 3)
                rows.append({"prompt": prompt, "completion": response(model, prompt, length, ends), "reward": reward})
        drawn.append(rows)
    return drawn


def word_of(id):
    return f"<{id}>"


def number_tokenizer():
    """Ids as words, so that texts are lists of ids: no word is a part of another, as special tokens are found in words."""
    vocabulary = {word_of(id): id for id in range(512)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token=word_of(PAD)))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=word_of(PAD), eos_token=word_of(EOS), padding_side="left")


def text_of(ids):
    return " ".join(map(word_of, ids))


def saved_model():
    folder = tempfile.mkdtemp(prefix="prefkit-parity-")
    stories().save_pretrained(folder)
    number_tokenizer().save_pretrained(folder)
    return folder


def shared_settings():
    return {
        "output_dir": tempfile.mkdtemp(prefix="prefkit-parity-"), "learning_rate": LEARNING_RATE, "lr_scheduler_type": "constant",
        "temperature": 1.0, "gradient_checkpointing": False, "bf16": False, "use_cpu": True, "report_to": "none", "save_strategy": "no",
        "logging_steps": 1, "disable_tqdm": True, "seed": 1, "optim": "adamw_torch",
    }


def samples_of(parameters):
    """Some values of each parameter, by their place in the flat array."""
    found = {}
    for name, parameter in parameters:
        flat = parameter.detach().reshape(-1)
        places = sorted({0, flat.numel() // 3, flat.numel() - 2} & set(range(flat.numel())))
        found[name] = {"at": places, "values": floats(flat[places])}
    return found


def unseen(metrics):
    """What is of the machine."""
    return {name: value for name, value in metrics.items() if "time" not in name and name not in ("eps", "epoch", "step")}


GRPO = [
    {"name": "defaults, in two parts", "seed": 0, "options": {"loss_type": "dapo", "beta": 0.0}, "parts": 2},
    {"name": "mean of means, held near the reference, twice", "seed": 1,
     "options": {"loss_type": "grpo", "beta": 0.04, "num_iterations": 2}},
    {"name": "Dr. GRPO, clipped higher, three times", "seed": 2,
     "options": {"loss_type": "dr_grpo", "scale_rewards": "none", "beta": 0.1, "use_bias_correction_kl": False, "num_iterations": 3,
                 "epsilon_high": 0.28}},
    {"name": "sequence ratios", "seed": 3,
     "options": {"loss_type": "grpo", "importance_sampling_level": "sequence", "beta": 0.0, "num_iterations": 3,
                 "epsilon": 0.1, "epsilon_high": 0.15}},
    {"name": "drawn at a temperature of 0.7, held near the reference, twice", "seed": 4,
     "options": {"loss_type": "dapo", "temperature": 0.7, "beta": 0.04, "num_iterations": 2}},
    {"name": "mean of means, of responses that ended", "seed": 5,
     "options": {"loss_type": "grpo", "beta": 0.04, "num_iterations": 2, "mask_truncated_completions": True}},
    {"name": "Dr. GRPO, of responses that ended", "seed": 6,
     "options": {"loss_type": "dr_grpo", "scale_rewards": "none", "beta": 0.0, "num_iterations": 2, "mask_truncated_completions": True}},
    {"name": "sequence ratios, of responses that ended", "seed": 7,
     "options": {"loss_type": "grpo", "importance_sampling_level": "sequence", "beta": 0.0, "num_iterations": 3,
                 "epsilon": 0.1, "epsilon_high": 0.15, "mask_truncated_completions": True}},
]


def grpo_case(case):
    steps, samples, prompts = 2, 4, 2
    drawn = rollouts(case["seed"], True, prompts, samples, steps)
    parts = case.get("parts", 1)
    folder = saved_model()

    waiting, now = iter(drawn), []

    def reward(completion_ids, **_):
        assert completion_ids == [row["completion"] for row in now]
        return [row["reward"] for row in now]

    trainer = trl.GRPOTrainer(
        model=folder,
        reward_funcs=reward,
        args=trl.GRPOConfig(
            **{**shared_settings(), **case["options"]}, per_device_train_batch_size=prompts * samples // parts,
            gradient_accumulation_steps=parts, num_generations=samples, max_completion_length=LENGTH, shuffle_dataset=False,
            max_steps=steps * case["options"].get("num_iterations", 1),
            model_init_kwargs={"dtype": "float32", "attn_implementation": "eager"}),
        train_dataset=Dataset.from_dict({"prompt": [text_of(rows[i * samples]["prompt"]) for rows in drawn for i in range(prompts)]}),
        processing_class=number_tokenizer(),
    )
    def given(prompt_ids, *_):
        now[:] = next(waiting)
        assert [row["prompt"] for row in now] == [list(ids) for ids in prompt_ids]
        return [row["completion"] for row in now], None

    trainer._generate_single_turn = given
    trainer.train()
    logged = [unseen(each) for each in trainer.state.log_history if "loss" in each]
    return {
        "name": case["name"], "options": case["options"], "steps": drawn, "updates": logged,
        "parameters": samples_of(trainer.model.named_parameters()),
    }


HEAD = {"weight": (np.sin(0.7 * (np.arange(64) + 1)) / 4).astype(np.float32), "bias": 0.125}


def value_model(folder):
    """The same model under a linear head with a bias, by a rule: w = sin(0.7 (i + 1)) / 4, b = 1/8."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=1, dtype=torch.float32, attn_implementation="eager")
    model.score = torch.nn.Linear(64, 1)
    with torch.no_grad():
        model.score.weight.copy_(torch.from_numpy(HEAD["weight"])[None])
        model.score.bias.fill_(HEAD["bias"])
    return model


PPO = [
    {"name": "equal lengths, two passes of two minibatches", "ragged": False, "seed": 100,
     "options": {"num_ppo_epochs": 2, "num_mini_batches": 2, "kl_coef": 0.05}},
    {"name": "k3, discounts, narrow clips", "ragged": True, "seed": 101,
     "options": {"num_ppo_epochs": 4, "kl_coef": 0.2, "kl_estimator": "k3", "gamma": 0.9, "lam": 0.8,
                 "cliprange": 0.05, "cliprange_value": 0.05, "vf_coef": 0.5}},
    {"name": "whitened rewards, a penalty for what does not end", "ragged": True, "seed": 102,
     "options": {"num_ppo_epochs": 2, "whiten_rewards": True, "missing_eos_penalty": 1.0}},
    {"name": "the score on the last token", "ragged": True, "seed": 103, "options": {"num_ppo_epochs": 2, "kl_coef": 0.05}},
    {"name": "as published", "ragged": True, "seed": 103, "published": True, "options": {"num_ppo_epochs": 2, "kl_coef": 0.05}},
]


def with_last_tokens(train, module):
    """The method with the score, and the last value, at the last token of each response."""
    source = textwrap.dedent(inspect.getsource(train))
    fault, mended = "sequence_lengths_p1 = sequence_lengths + 1", "sequence_lengths_p1 = sequence_lengths"
    assert source.count(fault) == 1
    scope = dict(vars(module))
    exec(compile(source.replace(fault, mended), "train", "exec"), scope)
    return scope["train"], scope


def ppo_case(case):
    from trl.experimental.ppo import PPOConfig, PPOTrainer, ppo_trainer

    steps, prompts, samples = 2, 4, 2
    drawn = rollouts(case["seed"], case["ragged"], prompts, samples, steps)
    folder, tokenizer = saved_model(), number_tokenizer()
    load = {"dtype": torch.float32, "attn_implementation": "eager"}
    rows_a_step = prompts * samples
    queries = Dataset.from_dict({"input_ids": [row["prompt"] for row in drawn[0]]})
    trainer = PPOTrainer(
        args=PPOConfig(
            **shared_settings(), **case["options"], per_device_train_batch_size=rows_a_step, response_length=LENGTH,
            gradient_accumulation_steps=1, total_episodes=steps * rows_a_step,
            num_sample_generations=0, local_rollout_forward_batch_size=rows_a_step),
        processing_class=tokenizer,
        model=transformers.AutoModelForCausalLM.from_pretrained(folder, **load),
        ref_model=None,
        reward_model=transformers.AutoModelForSequenceClassification.from_pretrained(folder, num_labels=1, **load),
        value_model=value_model(folder),
        train_dataset=queries,
    )
    collate = transformers.DataCollatorWithPadding(tokenizer)
    trainer.dataloader = torch.utils.data.DataLoader(queries, batch_size=rows_a_step, shuffle=False, collate_fn=collate)
    train, scope = (ppo_trainer.PPOTrainer.train, vars(ppo_trainer)) if case.get("published") else with_last_tokens(
        ppo_trainer.PPOTrainer.train, ppo_trainer)
    waiting, now, logged, norms = iter(drawn), [], [], {"policy": [], "value": []}
    scored = scope["get_reward"]

    def given(model, queries, _, pad, __):
        now[:] = next(waiting)
        responses = torch.tensor([row["completion"] + [PAD] * (LENGTH - len(row["completion"])) for row in now])
        both = torch.cat((queries, responses), 1)
        with torch.no_grad():
            logits = scope["forward"](model, both, pad).logits
        return both, logits[:, queries.shape[1] - 1 : -1]

    def scores(model, both, *args):
        if model is not trainer.reward_model:
            return scored(model, both, *args)
        return None, torch.tensor([row["reward"] for row in now]), None

    def note(*_):
        parts = {"policy": trainer.policy_model, "value": trainer.value_model}
        for name, part in parts.items():
            own = [each.grad.norm() for each in part.parameters() if each.grad is not None]
            norms[name].append(torch.linalg.vector_norm(torch.stack(own)).item())

    trainer.optimizer.optimizer.register_step_pre_hook(note)
    trainer.log = lambda metrics, *_: logged.append(unseen(metrics))
    orders = iter(ORDERS)
    swapped = {"batch_generation": given, "get_reward": scores}
    kept = {name: scope[name] for name in swapped}
    permutation = np.random.permutation
    np.random.permutation = lambda count: np.array(next(orders)) if count == rows_a_step else permutation(count)
    scope.update(swapped)
    train(trainer)
    scope.update(kept)
    np.random.permutation = permutation
    own = len(norms["policy"]) // steps
    for step, metrics in enumerate(logged):
        for name, key in (("policy", "grad_norm"), ("value", "value/grad_norm")):
            metrics[key] = float(np.mean(norms[name][step * own : (step + 1) * own]))
    return {
        "name": case["name"], "options": case["options"], "published": bool(case.get("published")), "steps": drawn, "updates": logged,
        "parameters": samples_of(trainer.policy_model.named_parameters()),
        "criticParameters": samples_of(trainer.value_model.named_parameters()),
    }


def write(kind, cases):
    reference = f"TRL {trl.__version__}, transformers {transformers.__version__}, torch {torch.__version__}"
    settings = {"learningRate": LEARNING_RATE, "maxNewTokens": LENGTH, "head": {"weight": floats(HEAD["weight"]), "bias": HEAD["bias"]}}

    def compact(item):
        return json.dumps(item, separators=(",", ":"), allow_nan=False)

    def lines(case):
        return "{\n  " + ",\n  ".join(f"{compact(key)}: {compact(value)}" for key, value in case.items()) + "\n }"

    head = {"reference": reference, **settings}
    body = ",\n".join(f" {compact(key)}: {compact(value)}" for key, value in head.items())
    OUT.mkdir(parents=True, exist_ok=True)
    cases = ",\n ".join(map(lines, cases))
    (OUT / f"trl-{kind}.json").write_text(f'{{\n{body},\n "cases": [\n {cases}\n ]\n}}\n')


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["grpo", "ppo"])
    kind = parser.parse_args().kind
    torch.set_num_threads(1)
    make, cases = {"grpo": (grpo_case, GRPO), "ppo": (ppo_case, PPO)}[kind]
    write(kind, list(map(make, cases)))

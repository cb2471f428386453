"""Golden values and gradients of the losses of TRL's experimental trainers: Nash-MD, XPO, online DPO, TPO and A*-PO.

    PREFKIT_WHEELS=… python tools/parity/losses_experimental_alignment.py
    writes packages/losses/src/goldens/experimental-alignment.json; see losses_goldens.py for the wheels

Nash-MD and XPO are not in TRL 1; 0.29.0 is the last release that has them. What is changed in the references, and why:
- each loss ends in a mean over the batch; the mean is left out, to see each completion or pair.
- TPOTrainer reads log-probabilities off logits. Here a vocabulary of a word and the rest stands for them: the logit of
  the word of a place is log p, and that of the other is log(1 - p).
- OnlineDPOTrainer.training_step does not return the losses; here it does, after it has logged.
- shares of completions and pairs are counted in float32; here in double precision.
- TPOTrainer does not log its likelihood; here what its call of cross_entropy gives is read.
"""

import math
import types
import warnings
from collections import defaultdict

import torch
import torch.nn.functional as F

from losses_goldens import golden, source, take, write

torch.manual_seed(2312)
torch.set_default_dtype(torch.float64)

accelerator = types.SimpleNamespace(
    device="cpu", gather=lambda x: x, gather_for_metrics=lambda x: x, backward=lambda loss: None
)
namespace = {"torch": torch, "F": F, "nn": torch.nn, "math": math, "warnings": warnings}
nash_losses, nash_log = take(
    source("trl@0.29.0", "trl/experimental/nash_md/nash_md_trainer.py"),
    ["NashMDTrainer._compute_losses", "NashMDTrainer._log_statistics"],
    {**namespace},
    replace=[
        ("return loss.mean(), score, kl_div_log", "return loss, score, kl_div_log"),
        ("accuracy = (margin > 0).float()", "accuracy = (margin > 0).double()"),
    ],
)
xpo_losses, xpo_log = take(
    source("trl@0.29.0", "trl/experimental/xpo/xpo_trainer.py"),
    ["XPOTrainer._compute_losses", "XPOTrainer._log_statistics"],
    {**namespace},
    replace=[
        ("loss = (dpo_losses + xpo_losses).mean()", "loss = dpo_losses + xpo_losses"),
        ("accuracy = (margin > 0).float()", "accuracy = (margin > 0).double()"),
    ],
)
(online_dpo,) = take(
    source("trl", "trl/experimental/online_dpo/online_dpo_trainer.py"),
    ["OnlineDPOTrainer.training_step"],
    {**namespace, "is_conversational": lambda _: False, "OptimizerNames": types.SimpleNamespace(LOMO=0, ADALOMO=0)},
    replace=[
        ("loss = losses.mean()\n", "loss = losses\n"),
        ("accuracy.float().mean()", "accuracy.double().mean()"),
        ("return loss.detach() / self.args.gradient_accumulation_steps\n\n    # Same", "return loss\n\n    # Same"),
    ],
)
utilities = take(
    source("trl", "trl/trainer/utils.py"),
    ["selective_log_softmax", "entropy_from_logits", "selective_log_softmax_and_entropy"],
    {**namespace, "is_triton_available": lambda: False},
)
likelihoods = []


def cross_entropy(*arguments):
    likelihoods.append(F.cross_entropy(*arguments))
    return likelihoods[-1]


recording = types.SimpleNamespace(cross_entropy=cross_entropy, logsigmoid=F.logsigmoid)
(tpo,) = take(
    source("trl", "trl/experimental/tpo/tpo_trainer.py"),
    ["TPOTrainer._compute_loss"],
    {**namespace, "F": recording, "selective_log_softmax_and_entropy": utilities[-1]},
    replace=[
        ("loss = per_sequence_loss.mean()", "loss = per_sequence_loss"),
        ("(chosen_rewards > rejected_rewards).float()", "(chosen_rewards > rejected_rewards).double()"),
    ],
)
(a_star_po,) = take(
    source("trl", "trl/experimental/a2po/a2po_trainer.py"),
    ["A2POTrainer.compute_loss"],
    {**namespace},
    replace=[("((implicit_reward - target) ** 2).mean()", "(implicit_reward - target) ** 2")],
)

B, T = 5, 6
masks = {
    "first": torch.tensor(
        [[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0]]
    ),
    "second": torch.tensor(
        [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0], [1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    ),
    "third": torch.tensor(
        [[1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    ),
}
rows = []


def draw(scale, spread=0.0):
    return -torch.rand(B, T) * scale + spread * torch.randn(B, 1)


def add(name, case, options, inputs, run, constants, reference="TRL 1.16.0"):
    """A row; what has no gradient goes beside the leaves."""
    row = golden(name, case, options, inputs, run, reference)
    row["inputs"].update({key: value.tolist() for key, value in constants.items()})
    rows.append(row)


def logged(trainer, prefixes):
    return {key: value[-1] for key, value in trainer.stats.items() if key.startswith(prefixes)}


scales = {"random": (3.0, 0.0), "extreme": (300.0, 100.0)}

# --- Nash-MD
preference = torch.tensor([0.9, 0.2, 0.5, 1.0, 0.0])
ids = {"input_ids": torch.zeros(B, T, dtype=torch.long)}
names = ("loss/", "logps/", "rewards/probabilities", "rewards/margins", "rewards/accuracies", "objective/")


def nash_md(x, beta):
    trainer = types.SimpleNamespace(
        beta=beta,
        mixture_coef=0.5,
        reward_funcs=None,
        accelerator=accelerator,
        processing_class=types.SimpleNamespace(eos_token_id=0),
        stats=defaultdict(list),
    )
    policy = x["logprobs"].masked_fill(masks["first"] == 0, 0.0)
    reference = x["refLogprobs"].detach().masked_fill(masks["first"] == 0, 0.0)
    losses, score, kl = nash_losses(trainer, policy, reference, preference)
    nash_log(trainer, ids, ids, policy.detach(), reference, preference, score.detach(), kl, 0)
    return {"losses": losses, "metrics": logged(trainer, names)}


for case, scale in scales.items():
    for beta in (0.1, 1.7):
        inputs = {"logprobs": draw(*scale), "refLogprobs": draw(*scale)}
        constants = {"preference": preference, "mask": masks["first"]}
        add("nashMd", case, {"beta": beta, "convention": "trl"}, inputs, lambda x: nash_md(x, beta), constants, "TRL 0.29.0")

# --- XPO: the chosen completion is the policy's in these pairs, the reference's in the others.
policy_chosen = torch.tensor([1, 0, 1, 1, 0], dtype=torch.bool)
# TRL's `logps/*` add log π_ref to log π (xpo_trainer.py), so they are not compared.
names = ("loss/", "rewards/", "objective/kl", "objective/entropy")


def pair_inputs(scale):
    keys = ("chosenLogprobs", "rejectedLogprobs", "refChosenLogprobs", "refRejectedLogprobs")
    return {key: draw(*scale) for key in keys}


pair_masks = {"chosenMask": masks["first"], "rejectedMask": masks["second"]}


def xpo(x, beta, alpha, loss_type):
    trainer = types.SimpleNamespace(
        beta=beta,
        alpha=alpha,
        args=types.SimpleNamespace(loss_type=loss_type),
        reward_funcs=None,
        accelerator=accelerator,
        processing_class=types.SimpleNamespace(eos_token_id=0),
        stats=defaultdict(list),
    )
    kept = {
        key: value * masks["second" if "ejected" in key else "first"] for key, value in x.items()
    }
    own = policy_chosen[:, None]
    policy, reference = (
        (
            torch.where(own, kept[chosen], kept[rejected]),
            torch.where(own, kept[rejected], kept[chosen]),
        )
        for chosen, rejected in (("chosenLogprobs", "rejectedLogprobs"), ("refChosenLogprobs", "refRejectedLogprobs"))
    )
    reference = [value.detach() for value in reference]
    losses, dpo, optimism = xpo_losses(trainer, policy[0], policy[1], reference[1], reference[0], policy_chosen)
    detached = [value.detach() for value in policy]
    xpo_log(
        trainer, ids, ids, detached[0], detached[1], reference[1], reference[0], policy_chosen, dpo, optimism, 0
    )
    return {"losses": losses, "metrics": logged(trainer, names)}


for case, scale in scales.items():
    for loss_type in ("sigmoid", "ipo"):
        for beta, alpha in ((0.1, 1e-5), (1.7, 0.3)):
            options = {"lossType": loss_type, "beta": beta, "alpha": alpha}
            constants = {**pair_masks, "policyChosen": policy_chosen.long()}
            run = lambda x: xpo(x, beta, alpha, loss_type)  # noqa: E731
            add("xpo", case, options, pair_inputs(scale), run, constants, "TRL 0.29.0")

# --- Online DPO: of two completions the one with the larger reward is chosen, the first where they are equal.
rewards = torch.tensor([[1.0, 0.2, -0.5, 0.0, 0.7], [0.3, 0.9, -0.5, 2.0, 0.1]])
names = ("logps/", "rewards/")


def online(x, beta, loss_type):
    mask = torch.cat([masks["first"], masks["second"]])
    policy = torch.cat([x["firstLogprobs"], x["secondLogprobs"]])
    reference = torch.cat([x["refFirstLogprobs"], x["refSecondLogprobs"]]).detach()
    zeros = torch.zeros(2 * B, T, dtype=torch.long)
    model = types.SimpleNamespace(train=lambda: None)
    trainer = types.SimpleNamespace(
        args=types.SimpleNamespace(
            use_vllm=False,
            missing_eos_penalty=None,
            loss_type=loss_type,
            torch_empty_cache_steps=None,
            optim="adamw",
            n_gpu=1,
        ),
        beta=beta,
        eos_token_ids=[0],
        ref_model="reference",
        accelerator=accelerator,
        reward_funcs=["given"],
        processing_class=types.SimpleNamespace(batch_decode=lambda ids, **_: [""] * len(ids)),
        stats=defaultdict(list),
        _generate=lambda *_: (zeros, zeros, zeros, mask, None),
        _forward=lambda which, *_: reference if which == "reference" else policy,
        _calculate_rewards_from_functions=lambda **_: rewards.reshape(-1).clone(),
    )
    losses = online_dpo(trainer, model, {"prompt": [""] * B})
    return {"losses": losses, "metrics": logged(trainer, names)}


for case, scale in scales.items():
    for loss_type in ("sigmoid", "ipo"):
        keys = ("firstLogprobs", "secondLogprobs", "refFirstLogprobs", "refSecondLogprobs")
        constants = {"firstMask": masks["first"], "secondMask": masks["second"]}
        constants.update({"firstRewards": rewards[0], "secondRewards": rewards[1]})
        options = {"lossType": loss_type, "beta": 0.3}
        run = lambda x: online(x, 0.3, loss_type)  # noqa: E731
        add("onlineDpo", case, options, {key: draw(*scale) for key in keys}, run, constants)

# --- TPO
names = ("rewards/", "logps/")


def tpo_loss(x, **settings):
    sides = [x["chosenLogprobs"], x["rejectedLogprobs"], x.get("goldLogprobs")]
    sides = [side for side in sides if side is not None]
    logprobs = torch.cat(sides)
    # The last place predicts nothing; the first one is predicted by nothing.
    logits = torch.stack([logprobs, torch.log(-torch.expm1(logprobs))], dim=-1)
    logits = torch.cat([logits, torch.zeros(len(logits), 1, 2)], dim=1)
    mask = torch.cat([masks[name] for name in ("first", "second", "third")][: len(sides)])
    completion_mask = torch.cat([torch.zeros(len(mask), 1, dtype=torch.long), mask], dim=1)
    model = lambda **_: types.SimpleNamespace(logits=logits)  # noqa: E731
    trainer = types.SimpleNamespace(
        accelerator=accelerator,
        model=types.SimpleNamespace(training=True),
        _metrics=defaultdict(lambda: defaultdict(list)),
        _total_train_tokens=0,
        _tp_size=1,
        **{"beta": 0.01, "label_smoothing": 0.0, "tpo_alpha": 1.0, "tpo_l_gamma": 0.5, **settings},
    )
    batch = {
        "input_ids": torch.zeros_like(completion_mask),
        "completion_mask": completion_mask,
        "attention_mask": completion_mask,
    }
    likelihoods.clear()
    losses = tpo(trainer, model, batch, False)
    metrics = {key: value[-1] for key, value in trainer._metrics["train"].items() if key.startswith(names)}
    metrics["nll_loss"] = sum(likelihoods)
    return {"losses": losses, "metrics": metrics}


def triple(scale):
    # Away from 0, where log(1 - p) is -inf.
    return {key: draw(scale) - 1e-3 for key in ("chosenLogprobs", "rejectedLogprobs", "goldLogprobs")}


kinds = (("sigmoid", 0.0), ("sigmoid", 0.1), ("hinge", 0.0), ("ipo", 0.0), ("tpo-l", 0.0), ("tpo-l", 0.1))
for case, scale in (("random", 3.0), ("extreme", 300.0)):
    for kind, epsilon in kinds:
        for alpha in (1.0, 0.0):
            inputs = triple(scale)
            constants = {**pair_masks, "goldMask": masks["third"]}
            if alpha == 0.0:
                del inputs["goldLogprobs"], constants["goldMask"]
            gamma = {"gamma": 0.7} if kind == "tpo-l" else {}
            options = {"lossType": kind, "beta": 0.3, "labelSmoothing": epsilon, "nllWeight": alpha, **gamma}
            settings = {"loss_type": kind, "beta": 0.3, "label_smoothing": epsilon, "tpo_alpha": alpha}
            run = lambda x: tpo_loss(x, **settings, tpo_l_gamma=0.7)  # noqa: E731
            add("tpo", case, options, inputs, run, constants)

# --- A*-PO
values = torch.tensor([0.3, 0.9, 0.5, 0.0, -0.7])


def a_star(x, beta):
    trainer = types.SimpleNamespace(
        args=types.SimpleNamespace(beta2=beta),
        model=types.SimpleNamespace(training=True),
        _metrics=defaultdict(lambda: defaultdict(list)),
        _get_sequence_logps=lambda *_: (x["logprobs"] * masks["first"]).sum(1),
    )
    reference = (x["refLogprobs"].detach() * masks["first"]).sum(1)
    inputs = {"ref_logps": reference, "rewards": values + 0.25, "v_star": torch.full_like(values, 0.25)}
    inputs.update({"input_ids": None, "attention_mask": None, "logits_to_keep": None})
    losses = a_star_po(trainer, None, inputs)
    return {"losses": losses, "metrics": {key: value[-1] for key, value in trainer._metrics["train"].items()}}


for case, scale in scales.items():
    for beta in (1e-3, 0.5):
        inputs = {"logprobs": draw(*scale), "refLogprobs": draw(*scale)}
        constants = {"advantages": (values + 0.25) - 0.25, "mask": masks["first"]}
        add("aStarPo", case, {"beta": beta}, inputs, lambda x: a_star(x, beta), constants)

write("experimental-alignment", rows, {"trl": "1.16.0, Nash-MD and XPO 0.29.0"})

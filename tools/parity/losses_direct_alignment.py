"""Golden values and gradients of the direct-alignment losses, by TRL's and OpenRLHF's own code on a stub trainer.

    PREFKIT_WHEELS=… python tools/parity/losses_direct_alignment.py
    writes packages/losses/src/goldens/direct-alignment.json; see losses_goldens.py for the wheels

What is changed in the references, and why:
- DPOTrainer._compute_loss ends in `per_sequence_loss.mean() * loss_weight`; the mean is left out, to see each pair.
- KTOTrainer._compute_loss and the losses of OpenRLHF end in a mean, likewise.
- TRL's alpha divergence looks its bound up by dtype, where float64 is missing (KeyError), and casts to float32: a bug for
  double precision (trl/trainer/dpo_trainer.py); here float64 is given float32's bound of 80, and the casts are to double.
- ORPOTrainer.odds_ratio_loss casts to float32; here to double.
- CPOTrainer and ORPOTrainer.get_batch_loss_metrics add the mean of the losses to the likelihood; the mean is left out.
- Shares of pairs are counted in float32; here in double precision.
"""

import contextlib
import math
import types
import warnings
from collections import defaultdict

import torch
import torch.nn.functional as F

from losses_goldens import golden, source, take, write

torch.manual_seed(2305)
torch.set_default_dtype(torch.float64)

identity = types.SimpleNamespace(
    device="cpu",
    gather=lambda x: x,
    gather_for_metrics=lambda x: x,
    unwrap_model=lambda x: x,
)
namespace = {
    "torch": torch,
    "F": F,
    "nn": torch.nn,
    "math": math,
    "warnings": warnings,
    "is_peft_model": lambda model: False,
    "disable_gradient_checkpointing": lambda *_: contextlib.nullcontext(),
}
(dpo,) = take(
    source("trl", "trl/trainer/dpo_trainer.py"),
    ["DPOTrainer._compute_loss"],
    {**namespace},
    replace=[
        ("per_sequence_loss.mean() * loss_weight", "per_sequence_loss * loss_weight"),
        ("torch.float32: 80.0}", "torch.float32: 80.0, torch.float64: 80.0}"),
        ("t_chosen.float()", "t_chosen.double()"),
        ("t_rejected.float()", "t_rejected.double()"),
        ("(chosen_rewards > rejected_rewards).float()", "(chosen_rewards > rejected_rewards).double()"),
    ],
)
(kto,) = take(
    source("trl", "trl/trainer/kto_trainer.py"),
    ["KTOTrainer._compute_loss"],
    {**namespace},
    replace=[("loss = losses.nanmean()", "loss = losses")],
)
(selective_log_softmax,) = take(
    source("trl", "trl/trainer/utils.py"), ["selective_log_softmax"], {**namespace, "is_triton_available": lambda: False}
)
in_batches = {**namespace, "selective_log_softmax": selective_log_softmax, "is_torch_xla_available": lambda: False}
in_double = ("(chosen_rewards > rejected_rewards).float()", "(chosen_rewards > rejected_rewards).double()")
cpo, *cpo_batch = take(
    source("trl", "trl/experimental/cpo/cpo_trainer.py"),
    [
        "CPOTrainer.cpo_loss",
        "CPOTrainer.get_batch_logps",
        "CPOTrainer.concatenated_forward",
        "CPOTrainer.get_batch_loss_metrics",
    ],
    {**in_batches},
    replace=[
        ("loss = losses.mean() + self.cpo_alpha * policy_nll_loss", "loss = losses + self.cpo_alpha * policy_nll_loss"),
        in_double,
    ],
)
log1mexp, orpo, *orpo_batch = take(
    source("trl", "trl/experimental/orpo/orpo_trainer.py"),
    [
        "log1mexp",
        "ORPOTrainer.odds_ratio_loss",
        "ORPOTrainer.get_batch_logps",
        "ORPOTrainer.concatenated_forward",
        "ORPOTrainer.get_batch_loss_metrics",
    ],
    {**in_batches},
    replace=[
        ("loss = policy_nll_loss - losses.mean()", "loss = policy_nll_loss - losses"),
        in_double,
        ("policy_chosen_logps.float()", "policy_chosen_logps.double()"),
        ("policy_rejected_logps.float()", "policy_rejected_logps.double()"),
    ],
)
# BCO's trainer is not in TRL 1; this is the last release that has it.
(bco,) = take(source("trl@0.29.0", "trl/experimental/bco/bco_trainer.py"), ["BCOTrainer.bco_loss"], {**namespace})
(openrlhf,) = take(
    source("openrlhf", "openrlhf/models/loss.py"),
    ["DPOLoss"],
    {**namespace, "Optional": None, "Tuple": tuple},
    replace=[("loss = losses.mean()\n        chosen_rewards", "loss = losses\n        chosen_rewards")],
)

B, T = 5, 6
chosen_mask = torch.tensor(
    [[1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 0, 0], [1, 0, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0]]
)
rejected_mask = torch.tensor(
    [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0], [0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]]
)
masks = {"chosenMask": chosen_mask.tolist(), "rejectedMask": rejected_mask.tolist()}


def token_inputs(scale, shift=0.0):
    def draw():
        return -torch.rand(B, T) * scale + shift * torch.randn(B, 1)

    return {
        "chosenLogprobs": draw(),
        "rejectedLogprobs": draw(),
        "refChosenLogprobs": draw(),
        "refRejectedLogprobs": draw(),
    }


def dpo_loss(inputs, **settings):
    """DPOTrainer._compute_loss on a model that gives these log-probabilities, zero where no completion is."""
    mask = torch.cat([chosen_mask, rejected_mask])
    squared = settings.pop("squared", torch.zeros(2 * B, T))

    def model_of(chosen, rejected):
        outputs = types.SimpleNamespace(
            log_probs=torch.cat([chosen, rejected]) * mask,
            log_sum_sq_probs=squared,
            entropy=torch.zeros(2 * B, T),
            mean_logits=torch.zeros(2 * B, T),
            is_top1=torch.zeros(2 * B, T, dtype=torch.bool),
        )
        model = lambda **_: outputs  # noqa: E731
        model.training = True
        return model

    policy = model_of(inputs["chosenLogprobs"], inputs["rejectedLogprobs"])
    trainer = types.SimpleNamespace(
        accelerator=identity,
        model=policy,
        ref_model=model_of(inputs["refChosenLogprobs"].detach(), inputs["refRejectedLogprobs"].detach()),
        args=types.SimpleNamespace(gradient_checkpointing_kwargs=None, discopop_tau=0.05),
        aux_loss_enabled=False,
        precompute_ref_logps=False,
        _metrics=defaultdict(lambda: defaultdict(list)),
        _total_train_tokens=0,
        _tp_size=1,
        **{
            "ld_alpha": None,
            "beta": 0.1,
            "label_smoothing": 0.0,
            "f_divergence_type": "reverse_kl",
            "f_alpha_divergence_coef": 0.5,
            "use_weighting": False,
            "loss_weights": [1.0],
            **settings,
        },
    )
    first = torch.zeros(2 * B, 1, dtype=torch.long)
    completion_mask = torch.cat([first, mask], dim=1)
    batch = {"input_ids": completion_mask, "completion_mask": completion_mask, "attention_mask": completion_mask}
    losses = dpo(trainer, policy, batch, False)
    metrics = {k: v[-1] for k, v in trainer._metrics["train"].items() if k.startswith(("rewards/", "logps/"))}
    return {"losses": losses, "metrics": metrics}


rows = []
TRL, OPENRLHF = "TRL 1.16.0", "OpenRLHF 0.11.2"


def add(name, case, options, inputs, run):
    row = golden(name, case, options, inputs, run, TRL)
    row["inputs"].update(masks)
    rows.append(row)


random, extreme = token_inputs(3.0), token_inputs(300.0, 100.0)
smoothing = {"exo_pair": 0.001, "robust": 0.1, "aot": 0.1, "aot_unpaired": 0.2}
all_types = "sigmoid hinge ipo exo_pair nca_pair robust bco_pair sppo_hard aot aot_unpaired apo_zero apo_down".split()
all_types += ["discopop", "sft", "sigmoid_norm"]
for kind in all_types:
    epsilon = smoothing.get(kind, 0.0)
    for case, inputs, beta in (("random", random, 0.1), ("random", random, 1.7), ("extreme", extreme, 0.1)):
        options = {"lossType": kind, "beta": beta, **({"labelSmoothing": epsilon} if epsilon else {})}
        add("dpo", case, options, inputs, lambda x: dpo_loss(x, loss_types=[kind], beta=beta, label_smoothing=epsilon))
for divergence, ours, alpha in (
    ("forward_kl", "forward-kl", 0.5),
    ("js_divergence", "js", 0.5),
    ("alpha_divergence", "alpha", 0.5),
    ("alpha_divergence", "alpha", 1.0),
    ("alpha_divergence", "alpha", 2.0),
):
    for kind in ("sigmoid", "ipo", "hinge", "sigmoid_norm", "discopop"):
        settings = {"f_divergence_type": divergence, "f_alpha_divergence_coef": alpha}
        options = {"lossType": kind, "divergence": ours, "alpha": alpha}
        add("dpo", "random", options, random, lambda x: dpo_loss(x, loss_types=[kind], **settings))
add(
    "dpo",
    "MPO",
    {"lossType": {"sigmoid": 0.8, "bco_pair": 0.2, "sft": 1}},
    random,
    lambda x: dpo_loss(x, loss_types=["sigmoid", "bco_pair", "sft"], loss_weights=[0.8, 0.2, 1.0]),
)
for kind in ("sigmoid", "ipo"):
    add(
        "dpo",
        "LD-DPO",
        {"lossType": kind, "lengthAlpha": 0.4},
        random,
        lambda x: dpo_loss(x, loss_types=[kind], ld_alpha=0.4),
    )

squared = -torch.rand(2 * B, T) * 3
wpo_options = {"squared": [squared[:B].tolist(), squared[B:].tolist()]}
for kind in ("sigmoid", "ipo"):
    run = lambda x: dpo_loss(x, loss_types=[kind], use_weighting=True, squared=squared)  # noqa: E731
    row = golden("wpo", "random", {"lossType": kind, **wpo_options}, random, run, TRL)
    row["inputs"].update(masks)
    rows.append(row)
for kind in ("sft", "hinge"):
    run = lambda x: dpo_loss(x, loss_types=[kind], use_weighting=True, squared=squared)  # noqa: E731
    try:
        golden("wpo", "", {}, random, run, TRL)
    except RuntimeError as error:
        print(f"TRL cannot weight {kind} (dpo_trainer.py, in-place product):", str(error)[:90])

for case, tokens, beta in (("random", random, 0.3), ("random", random, 1.7), ("extreme", extreme, 0.3)):
    sums = {key: value.sum(1) for key, value in tokens.items()}
    for options, keywords in (
        ({"lossType": "sigmoid", "labelSmoothing": 0.2}, {"label_smoothing": 0.2}),
        ({"lossType": "sigmoid"}, {}),
        ({"lossType": "ipo"}, {"ipo": True}),
    ):

        def run(x):
            losses, chosen, rejected = openrlhf(beta=beta, **keywords)(*x.values())
            return {"losses": losses, "metrics": {"rewards/chosen": chosen.mean(), "rewards/rejected": rejected.mean()}}

        options = {**options, "beta": beta, "convention": "openrlhf"}
        rows.append(golden("dpoSums", f"OpenRLHF {case}", options, sums, run, OPENRLHF))

# --- CPO, SimPO, AlphaPO: TRL sums log-probabilities but for ipo and simpo, which take means.
flat = {"chosenLogprobs": -torch.rand(6) * 4, "rejectedLogprobs": -torch.rand(6) * 4}
far = {
    "chosenLogprobs": torch.tensor([-1.0, -500.0, -0.01]),
    "rejectedLogprobs": torch.tensor([-500.0, -1.0, -0.01]),
}


def cpo_loss(x, **settings):
    trainer = types.SimpleNamespace(
        accelerator=identity, **{"alpha": 0.0, "beta": 0.1, "label_smoothing": 0.0, "simpo_gamma": 0.5, **settings}
    )
    losses, chosen, rejected = cpo(trainer, x["chosenLogprobs"], x["rejectedLogprobs"])
    metrics = {
        "rewards/chosen": chosen.mean(),
        "rewards/rejected": rejected.mean(),
        "rewards/accuracies": (chosen > rejected).double().mean(),
        "rewards/margins": (chosen - rejected).mean(),
    }
    return {"losses": losses, "metrics": metrics}


def add_means(name, case, options, inputs, run):
    """A row of log-probabilities that are means already, as completions of one token are."""
    row = golden(name, case, options, inputs, run, TRL)
    ones = [1] * len(inputs["chosenLogprobs"])
    row["inputs"].update({"chosenLengths": ones, "rejectedLengths": ones})
    rows.append(row)


for case, inputs in (("random", flat), ("extreme", far)):
    for kind, epsilon in (("sigmoid", 0.0), ("sigmoid", 0.1), ("hinge", 0.0), ("ipo", 0.0)):
        options = {"lossType": kind, "labelSmoothing": epsilon, "beta": 0.3, "nllWeight": 0}
        run = lambda x: cpo_loss(x, loss_type=kind, beta=0.3, label_smoothing=epsilon)  # noqa: E731
        add_means("cpo", case, options, inputs, run)
    for epsilon in (0.0, 0.1):
        options = {"beta": 2, "gamma": 1, "labelSmoothing": epsilon}
        run = lambda x: cpo_loss(x, loss_type="simpo", beta=2, simpo_gamma=1, label_smoothing=epsilon)  # noqa: E731
        add_means("simpo", case, options, inputs, run)
for alpha in (0.25, -0.5):
    options = {"beta": 2, "gamma": 1, "alpha": alpha}
    run = lambda x: cpo_loss(x, loss_type="simpo", beta=2, simpo_gamma=1, alpha=alpha)  # noqa: E731
    add_means("alphaPo", "random", options, flat, run)


def orpo_loss(x):
    trainer = types.SimpleNamespace(accelerator=identity, beta=0.3)
    losses, chosen, rejected, ratio, odds = orpo(trainer, x["chosenLogprobs"], x["rejectedLogprobs"])
    metrics = {"log_odds_ratio": ratio, "log_odds_chosen": odds, "rewards/margins": (chosen - rejected).mean()}
    return {"losses": -losses, "metrics": metrics}


for case, inputs in (("random", flat), ("extreme", far)):
    add_means("orpo", case, {"beta": 0.3, "nllWeight": 0}, inputs, orpo_loss)

# --- KTO and BCO: unpaired; TRL puts the losses of chosen completions first, here they are put back in order.
labels = torch.tensor([1, 0, 0, 1, 0, 1])
unpaired = {"logprobs": -torch.rand(6) * 9, "refLogprobs": -torch.rand(6) * 9}
wild = {
    "logprobs": torch.tensor([-1.0, -1.0, -2000.0, -2000.0, -3.0, -4.0]),
    "refLogprobs": torch.tensor([-2000.0, -2000.0, -1.0, -1.0, -3.0, -4.5]),
}
order = torch.argsort(torch.cat([labels.nonzero().view(-1), (1 - labels).nonzero().view(-1)]))


def kto_loss(x, kl, labels, order, **settings):
    def model_of(logprobs, kl_logprobs):
        zeros = torch.zeros(len(labels), 1)
        outputs = types.SimpleNamespace(log_probs=logprobs[:, None], entropy=zeros, mean_logits=zeros)
        model = lambda **_: outputs  # noqa: E731
        model.training, model.kl_logprobs = True, kl_logprobs
        return model

    policy = model_of(x["logprobs"], kl["klLogprobs"])
    trainer = types.SimpleNamespace(
        accelerator=identity,
        model=policy,
        ref_model=model_of(x["refLogprobs"].detach(), kl["refKlLogprobs"]),
        args=types.SimpleNamespace(gradient_checkpointing_kwargs=None),
        aux_loss_enabled=False,
        precompute_ref_logps=False,
        _compute_kl_logps=lambda model, batch: model.kl_logprobs,
        _metrics=defaultdict(lambda: defaultdict(list)),
        _total_train_tokens=0,
        _tp_size=1,
        **{"beta": 0.1, "desirable_weight": 1.0, "undesirable_weight": 1.0, "loss_type": "kto", **settings},
    )
    trainer.calculate_KL = trainer.loss_type == "kto"
    ones = torch.ones(len(labels), 2, dtype=torch.long)
    batch = {"input_ids": ones, "completion_mask": ones, "attention_mask": ones, "label": labels}
    losses = kto(trainer, policy, batch, False)[order]
    names = ("kl", "rewards/", "logps/")
    return {
        "losses": losses,
        "metrics": {k: v[-1] for k, v in trainer._metrics["train"].items() if k.startswith(names)},
    }


positive = {"klLogprobs": torch.tensor([-1.0, -2.0, -3.0]), "refKlLogprobs": torch.tensor([-2.0, -4.0, -3.5])}
negative = {"klLogprobs": positive["refKlLogprobs"], "refKlLogprobs": positive["klLogprobs"]}
for case, inputs in (("random", unpaired), ("extreme", wild)):
    for kl in (positive, negative):
        options = {"beta": 0.2, "desirableWeight": 1.3, "undesirableWeight": 0.7}
        settings = {"beta": 0.2, "desirable_weight": 1.3, "undesirable_weight": 0.7}
        row = golden("kto", case, options, inputs, lambda x: kto_loss(x, kl, labels, order, **settings), TRL)
        row["inputs"].update({"desirable": labels.tolist(), **{k: v.tolist() for k, v in kl.items()}})
        rows.append(row)
    settings = {"beta": 0.2, "loss_type": "apo_zero_unpaired"}
    options = {"beta": 0.2, "lossType": "apo_zero_unpaired"}
    row = golden("kto", case, options, inputs, lambda x: kto_loss(x, positive, labels, order, **settings), TRL)
    row["inputs"].update({"desirable": labels.tolist()})
    rows.append(row)


def bco_loss(x, shift, weights):
    is_chosen = labels.bool()
    trainer = types.SimpleNamespace(
        beta=0.2,
        running=types.SimpleNamespace(mean=shift, update=lambda _: None),
        match_underlying_distribution=weights is not None,
        _get_udm_weight=lambda embeddings: embeddings,
    )
    policy, reference = x["logprobs"], x["refLogprobs"]
    losses, *_ = bco(
        trainer,
        policy[is_chosen],
        policy[~is_chosen],
        reference[is_chosen],
        reference[~is_chosen],
        None,
        None if weights is None else weights[~is_chosen],
    )
    return {"losses": losses[order]}


weights = torch.tensor([1.0, 0.5, 2.0, 1.0, 0.7, 1.0])
for case, inputs in (("random", unpaired), ("extreme", wild)):
    for given in (None, weights):
        row = golden("bco", case, {"beta": 0.2}, inputs, lambda x: bco_loss(x, 0.35, given), "TRL 0.29.0")
        row["inputs"].update({"desirable": labels.tolist(), "shift": 0.35})
        row["inputs"].update({} if given is None else {"weights": given.tolist()})
        rows.append(row)


# --- CPO and ORPO with their likelihoods, by the trainers' own forward passes. A vocabulary of a word and the rest stands
# for the model's: the logit of the word of a place is log p, and that of the other is log(1 - p).
def word_logits(logprobs):
    logits = torch.stack([logprobs, torch.log(-torch.expm1(logprobs))], dim=-1)
    # The last place predicts nothing; the first one is predicted by nothing.
    return torch.cat([logits, torch.zeros(len(logits), 1, 2)], dim=1)


# TRL's mean over the tokens of a completion without any is NaN (get_batch_logps), so that here each has some.
some_rejected = rejected_mask.clone()
some_rejected[3, 2] = 1
# The prompts of ORPO's sequences: what is neither completion nor padding.
padded = torch.tensor([[1] * 6, [1, 1, 1, 0, 0, 0], [1] * 4 + [0] * 2, [1, 1, 0, 0, 0, 0], [1] * 6])


def of_batch(x, functions, loss, attention, **settings):
    """get_batch_loss_metrics of a trainer on a model that gives these log-probabilities."""
    get_batch_logps, concatenated_forward, get_batch_loss_metrics = functions
    first = torch.zeros(2 * B, 1, dtype=torch.long)
    mask = torch.cat([first, torch.cat([chosen_mask, some_rejected])], dim=1)
    labels = torch.where(mask == 1, 0, -100)
    batch = {
        "concatenated_input_ids": torch.zeros_like(labels),
        # The first token is there, but is predicted by nothing.
        "concatenated_attention_mask": torch.cat([first + 1, torch.cat([attention, attention])], dim=1),
        "concatenated_labels": labels,
    }
    logits = word_logits(torch.cat([x["chosenLogprobs"], x["rejectedLogprobs"]]))
    trainer = types.SimpleNamespace(
        accelerator=identity,
        is_encoder_decoder=False,
        pad_token_id=0,
        padding_value=0,
        aux_loss_enabled=False,
        concatenated_inputs=lambda *_, **__: batch,
        get_batch_logps=get_batch_logps,
        **settings,
    )
    for name, function in (("concatenated_forward", concatenated_forward), loss):
        setattr(trainer, name, types.MethodType(function, trainer))
    model = lambda *_, **__: types.SimpleNamespace(logits=logits)  # noqa: E731
    losses, metrics = get_batch_loss_metrics(trainer, model, {"chosen_labels": labels[:B]})
    names = ("rewards/", "logps/", "nll_loss", "log_odds")
    return {"losses": losses, "metrics": {key: value for key, value in metrics.items() if key.startswith(names)}}


def add_batch(name, case, options, run, constants=()):
    # Away from 0, where log(1 - p) is -inf.
    inputs = {key: -scale * torch.rand(B, T) - 1e-3 for key in ("chosenLogprobs", "rejectedLogprobs")}
    row = golden(name, f"likelihood {case}", options, inputs, run, TRL)
    row["inputs"].update({"chosenMask": chosen_mask.tolist(), "rejectedMask": some_rejected.tolist(), **dict(constants)})
    rows.append(row)


for case, scale in (("random", 3.0), ("extreme", 300.0)):
    for kind, epsilon, weight in (("sigmoid", 0.1, 1.0), ("hinge", 0.0, 0.3), ("ipo", 0.0, 1.0)):
        settings = {"loss_type": kind, "beta": 0.3, "label_smoothing": epsilon, "cpo_alpha": weight, "alpha": 0.0}
        options = {"lossType": kind, "beta": 0.3, "labelSmoothing": epsilon, "nllWeight": weight}
        everything = torch.ones_like(padded)
        add_batch("cpo", case, options, lambda x: of_batch(x, cpo_batch, ("cpo_loss", cpo), everything, **settings))
    for beta in (0.3, 1.7):
        add_batch(
            "orpo",
            case,
            {"beta": beta, "convention": "trl"},
            lambda x: of_batch(x, orpo_batch, ("odds_ratio_loss", orpo), padded, beta=beta),
            {"likelihoodMask": padded.tolist()},
        )

write("direct-alignment", rows, {"trl": "1.16.0, BCO 0.29.0", "openrlhf": "0.11.2"})

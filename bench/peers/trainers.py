"""What verl's and TRL's own functions make of a batch, in f32 and eager as they are. Speaks the protocol of peer.ts.

The arguments are whose (`verl`, `verl-vectorized`, `trl`) and the folder of the wheels that they are taken out of, as
tools/parity does, since what they import is large.
"""

import math
import os
import sys
import types
from collections import defaultdict
from pathlib import Path
from typing import Any, Optional

import numpy
import torch

WHOSE, os.environ["PREFKIT_WHEELS"] = sys.argv[1:3]
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "parity"))

from losses_goldens import source, take  # noqa: E402
from serve import read, serve  # noqa: E402

GROUP_SIZE = 8


class ActorConfig(types.SimpleNamespace):
    def get(self, name, default):
        return getattr(self, name, default)


def verl(*names):
    """Functions of verl's core_algos.py."""
    functional, groupwise = {"torch": torch}, {"torch": torch, "np": numpy, "os": os, "Any": Any}
    statistics = ["masked_sum", "masked_mean", "masked_var", "masked_whiten"]
    take(source("verl", "verl/utils/torch_functional.py"), statistics, functional)
    groups = ["as_torch_index", "group_mean_std", "_resolve_device", "_to_1d_numpy_object_array"]
    take(source("verl", "verl/utils/groupwise.py"), groups, groupwise)
    namespace = {
        **groupwise,
        "defaultdict": defaultdict,
        "verl_F": types.SimpleNamespace(**functional),
        "ActorConfig": ActorConfig,
        "AlgoConfig": type("AlgoConfig", (), {}),
        "Optional": Optional,
    }
    return take(source("verl", "verl/trainer/ppo/core_algos.py"), list(names), namespace)


def matrix(request, name):
    return torch.from_numpy(read(request, name)).reshape(request["responses"], request["tokens"])


def repeat(step):
    """As `again` in work.ts."""

    def run(count):
        for _ in range(count):
            values = step()
        return values

    return run


def probe(x, *tokens):
    """As in work.ts."""
    return x[:, list(tokens)].flatten().tolist()


def prepare_gae(request):
    (estimate,) = verl("compute_gae_advantage_return")
    # verl's masks are attention masks, which tokenizers give as int64.
    rewards, values, mask = matrix(request, "rewards"), matrix(request, "values"), matrix(request, "mask").long()

    def step():
        advantages, returns = estimate(rewards, values, mask, 0.99, 0.95)
        return [*probe(advantages, 0), *probe(returns, 0)]

    return repeat(step)


def prepare_group_relative(request):
    kind = "_vectorized" if WHOSE == "verl-vectorized" else ""
    (estimate,) = verl(f"compute_grpo{kind}_outcome_advantage")
    mask = matrix(request, "mask").long()
    # The reward of a response is at its last token.
    rewards = torch.zeros(mask.shape)
    rewards[torch.arange(len(mask)), mask.sum(1) - 1] = torch.from_numpy(read(request, "rewards"))
    groups = numpy.arange(len(mask)) // GROUP_SIZE

    def step():
        advantages, _ = estimate(rewards, mask, groups)
        return probe(advantages, 0, request["tokens"] // 2)

    return repeat(step)


def verl_loss(batch):
    loss_of, _ = verl("compute_policy_loss_vanilla", "agg_loss")
    config = ActorConfig(clip_ratio=0.2, clip_ratio_low=0.2, clip_ratio_high=0.2, clip_ratio_c=3.0, global_batch_info={})
    old, advantages, mask = batch["oldLogprobs"], batch["advantages"], batch["mask"].long()
    return lambda logprobs: loss_of(old, logprobs, advantages, mask, config=config)[0]


def trl_loss(batch):
    """GRPOTrainer's loss of given log-probabilities, with its metrics, on a stub trainer; `bnpo` is the mean over tokens."""
    nanmin, nanmax = take(source("trl", "trl/trainer/utils.py"), ["nanmin", "nanmax"], {"torch": torch})
    (loss_of,) = take(
        source("trl", "trl/trainer/grpo_trainer.py"),
        ["GRPOTrainer._compute_loss"],
        {"torch": torch, "nn": torch.nn, "math": math, "nanmin": nanmin, "nanmax": nanmax},
    )
    mask = batch["mask"].long()
    entropies, none = torch.zeros(mask.shape), torch.zeros(len(mask), 1, dtype=torch.long)
    inputs = {
        "prompt_ids": none,
        "prompt_mask": none,
        "completion_ids": torch.zeros(mask.shape, dtype=torch.long),
        "completion_mask": mask,
        "advantages": batch["advantages"],
        "old_per_token_logps": batch["oldLogprobs"],
        "num_items_in_batch": mask.sum(),
    }
    accelerator = types.SimpleNamespace(
        num_processes=1, gather=lambda v: v, reduce=lambda v, reduction: v, device="cpu"
    )
    trainer = types.SimpleNamespace(
        accelerator=accelerator,
        model=types.SimpleNamespace(training=True),
        args=types.SimpleNamespace(delta=None, use_bias_correction_kl=False, steps_per_generation=1),
        aux_loss_enabled=False,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        use_vllm=False,
        current_gradient_accumulation_steps=1,
        _entropy_bonus_enabled=False,
        importance_sampling_level="token",
        beta=0.0,
        loss_type="bnpo",
        epsilon_low=0.2,
        epsilon_high=0.2,
    )

    def loss(logprobs):
        trainer._metrics = defaultdict(lambda: defaultdict(list))
        trainer._get_per_token_logps_and_entropies = lambda *_, **__: (logprobs, entropies, None)
        return loss_of(trainer, None, inputs)

    return loss


def prepare_ppo_loss(request):
    names = ("logprobs", "oldLogprobs", "advantages", "mask")
    batch = {name: matrix(request, name) for name in names}
    loss_of = {"verl": verl_loss, "trl": trl_loss}[WHOSE](batch)
    logprobs = batch["logprobs"].requires_grad_()

    def step():
        logprobs.grad = None
        loss = loss_of(logprobs)
        loss.backward()
        parts = probe(logprobs.grad, 0, request["tokens"] // 2)
        return [loss.item(), *(part * logprobs.numel() for part in parts)]

    return repeat(step)


def prepare(request):
    kinds = {"gae": prepare_gae, "group-relative": prepare_group_relative, "ppo-loss": prepare_ppo_loss}
    return f"eager, {WHOSE}", kinds[request["kind"]](request)


serve(prepare)

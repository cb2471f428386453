"""Golden values and gradients of the policy losses that bound a step by other means than PPO's clip (GMPO, SAPO, VESPO,
DPPO, DRO, Clip-Cov, KL-Cov), by TRL's and verl's own code.

    PREFKIT_WHEELS=… python tools/parity/losses_policy_trust_region.py
    writes packages/losses/src/goldens/policy-trust-region.json; see losses_goldens.py for the wheels

TRL's _compute_loss runs whole on a stub trainer, its reduction too. verl's functions end in agg_loss, which
losses_regularisers.py checks; here it only masks, to see each token. verl's Clip-Cov draws by torch.randperm, which is
replaced by the order of known numbers. What is counted in single precision is counted in double, and verl's means of metrics
are over n, not n + 1e-8.
"""

import math
import types
from collections import defaultdict

import torch

from losses_goldens import golden, source, take, write

torch.manual_seed(2602)
torch.set_default_dtype(torch.float64)

VERSIONS = {"TRL": "1.16.0", "verl": "0.9.1"}


def in_double(package, path):
    """A file's text, with what it counts in single precision counted in double."""
    return source(package, path).replace(".float()", ".double()")



# --- The references
class KnownDraws:
    """torch, but for randperm: the order of these numbers at the candidates, the largest first."""

    def __init__(self):
        self.draws = None

    def randperm(self, count):
        assert count == len(self.draws)
        return torch.argsort(self.draws, descending=True)

    def __getattr__(self, name):
        return getattr(torch, name)


known_torch = KnownDraws()
nanmin, nanmax = take(source("trl", "trl/trainer/utils.py"), ["nanmin", "nanmax"], {"torch": torch})
grpo_text = in_double("trl", "trl/trainer/grpo_trainer.py")
trl = {"torch": torch, "math": math, "nanmin": nanmin, "nanmax": nanmax}
grpo, gamma_weights = take(grpo_text, ["GRPOTrainer._compute_loss", "GRPOTrainer.get_gamma_weights"], trl)
(gmpo,) = take(in_double("trl", "trl/experimental/gmpo/gmpo_trainer.py"), ["GMPOTrainer._compute_loss"], dict(trl))

verl_functions = {"torch": torch}
take(
    source("verl", "verl/utils/torch_functional.py"),
    ["masked_sum", "masked_mean"],
    verl_functions,
    replace=[("(mask.sum(axis=axis) + 1e-8)", "mask.sum(axis=axis)")],
)


class ActorConfig(types.SimpleNamespace):
    def get(self, name, default):
        return getattr(self, name, default)


verl = {
    "torch": known_torch,
    "verl_F": types.SimpleNamespace(**verl_functions),
    "ActorConfig": ActorConfig,
    "AlgoConfig": type("AlgoConfig", (), {}),
    "agg_loss": lambda loss_mat, loss_mask, **_: torch.where(loss_mask.bool(), loss_mat, 0.0),
}
take(
    in_double("verl", "verl/trainer/ppo/core_algos.py"),
    [
        "compute_policy_loss_geo_mean",
        "compute_policy_loss_sapo",
        "compute_policy_loss_dppo_tv",
        "compute_policy_loss_dppo_kl",
        "compute_policy_loss_dro",
        "compute_policy_loss_clip_cov",
        "compute_policy_loss_kl_cov",
    ],
    verl,
)

# --- The inputs
B, T = 5, 6
mask = torch.tensor(
    [[1, 1, 1, 1, 1, 1], [0, 1, 1, 0, 1, 0], [1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]]
)
filled = (mask.sum(-1) > 0).double()
old = -3 * torch.rand(B, T)
advantages = torch.tensor([1.3, -0.8, -1.7, 0.4, 0.6])
wide = advantages[:, None].expand(B, T)
per_token = torch.randn(B, T)
weights = 0.2 + 1.5 * torch.rand(B, T)
draws = torch.rand(B, T)
cases = {
    "random": {"logprobs": old + 0.3 * torch.randn(B, T), "oldLogprobs": old},
    "near": {"logprobs": old + 1e-4 * torch.randn(B, T), "oldLogprobs": old},
    "same": {"logprobs": old, "oldLogprobs": old},
    "extreme": {"logprobs": old + 15 * torch.randn(B, T), "oldLogprobs": old},
}
rows = []


def add(name, case, options, inputs, run, **others):
    library = case.split()[0]
    reference = f"{library} {VERSIONS[library]}"
    row = golden(name, case, options, {"logprobs": inputs["logprobs"]}, run, reference)
    rest = {"oldLogprobs": inputs["oldLogprobs"], "mask": mask, **others}
    row["inputs"].update({key: value.tolist() for key, value in rest.items()})
    rows.append(row)


def given(weighted):
    return {"weights": weights} if weighted else {}


# --- verl
def run_verl(function, inputs, advantages, metrics, weighted=False, policy_loss=None, **config):
    settings = ActorConfig(
        clip_ratio=0.2, global_batch_info={}, policy_loss=types.SimpleNamespace(**(policy_loss or {})), **config
    )

    def run(x):
        losses, reported = verl[f"compute_policy_loss_{function}"](
            inputs["oldLogprobs"],
            x["logprobs"],
            advantages,
            mask,
            config=settings,
            rollout_is_weights=weights if weighted else None,
        )
        return {"losses": losses, "metrics": {name: reported[name] for name in metrics}}

    return run


share_and_kl = ("actor/pg_clipfrac", "actor/ppo_kl")
with_zeros = torch.where(torch.arange(T) % 3 == 1, 0.0, per_token)
for case, inputs in cases.items():
    for weighted in (False, True) if case == "random" else (False,):
        low, high = (5e-5, 4e-5) if case == "near" else (0.1, 0.4)
        bounds = {"clipEpsilon": low, "clipEpsilonHigh": high}
        for given_advantages, shown in ((wide, advantages), (per_token, per_token), (with_zeros, with_zeros)):
            theirs = {"clip_ratio_low": low, "clip_ratio_high": high}
            run = run_verl("geo_mean", inputs, given_advantages, ["actor/ppo_kl"], weighted, **theirs)
            options = {**bounds, "convention": "verl"}
            add("gmpoMean", f"verl {case}", options, inputs, run, advantages=shown, **given(weighted))

        run = run_verl("sapo", inputs, per_token, ["actor/ppo_kl"], weighted, tau_pos=1.0, tau_neg=1.3)
        options = {"temperatureNegative": 1.3, "convention": "verl"}
        add("sapo", f"verl {case}", options, inputs, run, advantages=per_token, **given(weighted))

        for divergence, low, high, cap in (("tv", 0.05, 0.1, 1.2), ("kl", 0.02, 0.03, 1.1), ("tv", 0.0, 0.0, 20.0)):
            names = ("actor/pg_clipfrac", "actor/pg_clipfrac_lower", "actor/ppo_kl")
            theirs = {"clip_ratio_low": low, "clip_ratio_high": high, "clip_ratio_c": cap}
            run = run_verl(f"dppo_{divergence}", inputs, per_token, names, weighted, **theirs)
            options = {"divergence": divergence, "threshold": low, "thresholdHigh": high, "ratioCap": cap}
            add("dppo", f"verl {case}", options, inputs, run, advantages=per_token, **given(weighted))

        run = run_verl("dro", inputs, per_token, ["actor/ppo_kl"], weighted, policy_loss={"dro_beta": 0.7})
        add("dro", f"verl {case}", {"klWeight": 0.7}, inputs, run, advantages=per_token, **given(weighted))

        for share in (0.0002, 0.2, 0.5, 1.0):
            coefficients = {"kl_cov_ratio": share, "ppo_kl_coef": 0.4}
            run = run_verl("kl_cov", inputs, per_token, ["actor/ppo_kl"], weighted, policy_loss=coefficients)
            options = {"share": share, "klWeight": 0.4}
            add("klCov", f"verl {case}", options, inputs, run, advantages=per_token, **given(weighted))

        for share, lower, upper in ((0.0002, -5.0, 5.0), (0.2, -5.0, 5.0), (0.5, 0.1, 1.0), (0.2, 90.0, 91.0)):
            low, high = (5e-5, 4e-5) if case == "near" else (0.2, 0.28)
            bounds = {"clip_cov_ratio": share, "clip_cov_lb": lower, "clip_cov_ub": upper}
            theirs = {"clip_ratio_low": low, "clip_ratio_high": high}
            run = run_verl("clip_cov", inputs, per_token, share_and_kl, weighted, bounds, **theirs)

            def with_known_draws(x):
                # Which tokens are candidates is what verl finds: those whose draw it asks for, in their order.
                known_torch.nonzero = lambda chosen, **_: remember(chosen)
                return run(x)

            def remember(chosen):
                known_torch.draws = draws[chosen]
                return torch.nonzero(chosen)

            options = {"share": share, "covarianceLow": lower, "covarianceHigh": upper}
            options.update({"clipEpsilon": low, "clipEpsilonHigh": high})
            others = {"advantages": per_token, "draws": draws, **given(weighted)}
            add("clipCov", f"verl {case}", options, inputs, with_known_draws, **others)
            del known_torch.nonzero


# --- TRL
def run_trl(compute, inputs, advantages, weights=None, mask=mask, args=None, metrics=(), **settings):
    def run(x):
        trainer = types.SimpleNamespace(
            accelerator=types.SimpleNamespace(
                num_processes=1, gather=lambda v: v, reduce=lambda v, reduction: v, device="cpu"
            ),
            model=types.SimpleNamespace(training=True),
            args=types.SimpleNamespace(steps_per_generation=1, **(args or {})),
            beta=0.0,
            aux_loss_enabled=False,
            top_entropy_quantile=1.0,
            off_policy_mask_threshold=None,
            use_vllm=False,
            importance_sampling_level="token",
            current_gradient_accumulation_steps=1,
            _entropy_bonus_enabled=False,
            _get_per_token_logps_and_entropies=lambda *_, **__: (x["logprobs"], torch.zeros(B, T), None),
            _metrics=defaultdict(lambda: defaultdict(list)),
            # A static method under no_grad, both of which `take` leaves out.
            get_gamma_weights=torch.no_grad()(gamma_weights),
            **settings,
        )
        batch = {
            "prompt_ids": torch.zeros(B, 1),
            "prompt_mask": torch.ones(B, 1),
            "completion_ids": torch.zeros(B, T),
            "completion_mask": mask,
            "advantages": advantages,
            "old_per_token_logps": inputs["oldLogprobs"],
            "num_items_in_batch": mask.sum(),
            "importance_sampling_ratio": weights,
        }
        loss = compute(trainer, None, batch)
        reported = trainer._metrics["train"]
        return {"losses": loss, "metrics": {name: reported[name][-1] for name in metrics}}

    return run


clip_metrics = [f"clip_ratio/{name}" for name in ("low_mean", "low_min", "high_mean", "high_max", "region_mean")]
full = torch.where(filled[:, None].bool(), mask, 1)
for case, inputs in cases.items():
    # TRL counts a sequence without tokens as one whose ratio is 1: a constant, which an advantage of 0 takes away.
    counted = advantages * filled
    low, high = (5e-5, 4e-5) if case == "near" else (0.1, 0.4)
    options = {"clipEpsilon": low, "clipEpsilonHigh": high, "convention": "trl"}
    run = run_trl(gmpo, inputs, counted, metrics=clip_metrics, epsilon_low=low, epsilon_high=high)
    add("gmpoMean", f"TRL {case}", options, inputs, run, advantages=counted)

    temperatures = {"sapo_temperature_pos": 1.2, "sapo_temperature_neg": 1.05}
    for given_advantages in (advantages, per_token):
        run = run_trl(grpo, inputs, given_advantages, args=temperatures, loss_type="sapo")
        add("sapoMean", f"TRL {case}", {"temperaturePositive": 1.2}, inputs, run, advantages=given_advantages)

    for powers in ((2.0, 3.0, 3.0, 2.0), (1.0, 0.5, 0.0, 1.5)):
        names = ("powerPositive", "decayPositive", "powerNegative", "decayNegative")
        theirs = dict(zip(("vespo_k_pos", "vespo_lambda_pos", "vespo_k_neg", "vespo_lambda_neg"), powers))
        for given_advantages in (advantages, per_token):
            for weighted in (False, True) if case == "random" else (False,):
                # TRL's mean of φ is over all sequences, those without tokens too, and over tokens if A is [B, T].
                whole = given_advantages is advantages
                shown, reported = (full, ["vespo/phi_seq_mean"]) if whole else (mask, [])
                # TRL's correction is 1 at padding.
                correction = torch.where(shown.bool(), weights, 1.0) if weighted else None
                run = run_trl(grpo, inputs, given_advantages, correction, shown, theirs, reported, loss_type="vespo")
                options = dict(zip(names, powers))
                add("vespoMean", f"TRL {case}", options, inputs, run, advantages=given_advantages, **given(weighted))
                rows[-1]["inputs"]["mask"] = shown.tolist()

write("policy-trust-region", rows, {name.lower(): version for name, version in VERSIONS.items()})

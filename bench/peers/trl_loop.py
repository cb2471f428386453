"""Iterations of GRPO and PPO as TRL makes them, for loop-bench.ts. Speaks the protocol of peer.ts.

A trainer's loop cannot be asked for one step, so it runs in a thread of its own and waits at the end of each step until it is
asked for the next. What a step drew and what came of it is written to a file, for the others to be compared with.
"""

import functools
import glob
import json
import os
import queue
import sys
import tempfile
import threading
import time
import warnings
import zipfile

os.environ.update({"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TRL_EXPERIMENTAL_SILENCE": "1"})
warnings.filterwarnings("ignore")

import peft
import torch
import transformers
from datasets import Dataset

from serve import serve


def new_folder(request):
    """Where the bench's own files are, which it removes."""
    return tempfile.mkdtemp(prefix="trl-", dir=os.path.dirname(request["record"]))


def unpack(request, version):
    """Has `import trl` find the release of a wheel: no release has both trainers."""
    (wheel,) = glob.glob(os.path.join(request["wheels"], f"trl-{version}-*.whl"))
    folder = new_folder(request)
    zipfile.ZipFile(wheel).extractall(folder)
    sys.path.insert(0, folder)


class Turnstile(transformers.TrainerCallback):
    """Lets a trainer take the steps that it is asked for, and no more."""

    def __init__(self):
        self.asked, self.done = queue.Queue(), queue.Queue()

    def on_train_begin(self, *_, **__):
        self.asked.get()

    def on_step_end(self, *_, **__):
        self.done.put(None)
        self.asked.get()

    def step(self):
        self.asked.put(None)
        failure = self.done.get()
        if failure is not None:
            raise failure

    def start(self, trainer, threads):
        def run():
            torch.set_num_threads(threads)
            try:
                trainer.train()
            except BaseException as error:  # Whoever waits for a step is to hear of it.
                self.done.put(error)

        threading.Thread(target=run, daemon=True).start()


class Noted:
    """What one step came to: written down beside the trainer's own code, without changing what it does."""

    def __init__(self):
        self.values = {}

    def seconds(self, name, function):
        """`function`, whose seconds are added up under a name."""
        @functools.wraps(function)
        def run(*args, **kwargs):
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.values[name] = self.values.get(name, 0) + time.perf_counter() - start

        return run

    def norm_of(self, optimizer):
        """Notes the norm of each gradient that the optimiser gets."""
        def note(*_):
            own = [each.grad.norm() for group in optimizer.param_groups for each in group["params"] if each.grad is not None]
            self.values["gradNorm"] = torch.linalg.vector_norm(torch.stack(own)).item()

        optimizer.register_step_pre_hook(note)

    def take(self):
        values, self.values = self.values, {}
        return values


def tokenizer_of(request):
    tokenizer = transformers.AutoTokenizer.from_pretrained(request["model"], padding_side="left")
    # Not the token that ends a turn: TRL tells padding by its id.
    tokenizer.pad_token = "<|endoftext|>"
    return tokenizer


def policy_of(request):
    model = transformers.AutoModelForCausalLM.from_pretrained(request["model"], dtype=torch.float32)
    # Nothing ends a completion before its last token, so that all have as many.
    model.generation_config = transformers.GenerationConfig(eos_token_id=None, pad_token_id=0)
    return peft.PeftModel.from_pretrained(model, request["adapter"], is_trainable=True)


def settings_of(request):
    rows = len(request["prompts"]) * request["samples"]
    return {
        "output_dir": new_folder(request),
        "per_device_train_batch_size": request["rowsAtOnce"],
        "gradient_accumulation_steps": rows // request["rowsAtOnce"],
        "gradient_checkpointing": request["checkpointing"],
        "learning_rate": request["learningRate"],
        "lr_scheduler_type": "constant",
        "temperature": 1.0,
        "bf16": False,
        "use_cpu": True,
        "report_to": "none",
        "save_strategy": "no",
        "seed": 1,
    }


def prepare_grpo(request):
    unpack(request, "1.16.0")
    import trl

    def reward(completion_ids, **_):
        return [len(set(ids)) / len(ids) for ids in completion_ids]

    noted, turnstile = Noted(), Turnstile()
    trainer = trl.GRPOTrainer(
        model=policy_of(request),
        reward_funcs=reward,
        args=trl.GRPOConfig(
            **settings_of(request),
            num_generations=request["samples"],
            max_completion_length=request["newTokens"],
            generation_kwargs={"min_new_tokens": request["newTokens"]},
            beta=request["klCoefficient"],
            max_steps=1_000_000,
            logging_steps=1,
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_dict({"prompt": request["prompts"]}),
        processing_class=tokenizer_of(request),
        callbacks=[turnstile],
    )
    trainer.remove_callback(transformers.PrinterCallback)
    generate, loss_of, create_optimizer = trainer._generate_single_turn, trainer._compute_loss, trainer.create_optimizer

    def noted_generate(prompt_ids, *args):
        result = generate(prompt_ids, *args)
        noted.values.update(prompts=prompt_ids, completions=result[0], losses=[])
        return result

    def noted_loss(*args):
        loss = loss_of(*args)
        noted.values["losses"].append(loss.item())
        return loss

    def noted_optimizer(*args):
        optimizer = create_optimizer(*args)
        noted.norm_of(optimizer)
        return optimizer

    trainer._generate_single_turn = noted.seconds("generate", noted_generate)
    trainer._generate_and_score_completions = noted.seconds("rollout", trainer._generate_and_score_completions)
    trainer._compute_loss = noted_loss
    trainer.create_optimizer = noted_optimizer
    turnstile.start(trainer, request["threads"])

    def step():
        turnstile.step()
        values = noted.take()
        return {**values, "loss": sum(values["losses"])}

    return f"TRL {trl.__version__}", step


def value_model_of(request):
    """SmolLM2 once more, with LoRA of the same kind and a head, as TRL's trainer wants a value model."""
    model = transformers.AutoModelForSequenceClassification.from_pretrained(request["model"], num_labels=1, dtype=torch.float32)
    model.config.pad_token_id = 0
    model.requires_grad_(False)
    peft.inject_adapter_in_model(peft.LoraConfig.from_pretrained(request["adapter"]), model)
    adapter = peft.utils.load_peft_weights(request["adapter"], device="cpu")
    places = {f"{name}.default.weight": value for name, value in
              ((key.removeprefix("base_model.model.").removesuffix(".weight"), each) for key, each in adapter.items())}
    missing = [name for name in places if name not in dict(model.named_parameters())]
    assert not missing, missing
    model.load_state_dict(places, strict=False)
    torch.nn.init.constant_(model.score.weight, request["headWeight"])
    model.score.requires_grad_(True)
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            parameter.requires_grad_(True)
    return model


def reward_model_of():
    """One layer of width 16: what TRL's trainer takes for rewards has to be a model, and this one costs next to nothing."""
    torch.manual_seed(0)
    return transformers.LlamaForSequenceClassification(transformers.LlamaConfig(
        vocab_size=49152, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=1,
        num_labels=1, pad_token_id=0))


def prepare_ppo(request):
    unpack(request, "1.12.0")
    import trl
    from trl.experimental.ppo import PPOConfig, PPOTrainer, ppo_trainer

    tokenizer = tokenizer_of(request)
    noted, turnstile = Noted(), Turnstile()
    prompts = [ids for ids in tokenizer(request["prompts"])["input_ids"] for _ in range(request["samples"])]
    settings = settings_of(request)
    trainer = PPOTrainer(
        args=PPOConfig(
            **settings,
            response_length=request["newTokens"],
            local_rollout_forward_batch_size=request["rowsAtOnce"],
            num_ppo_epochs=1,
            num_mini_batches=1,
            kl_coef=request["klCoefficient"],
            total_episodes=1_000_000,
            num_sample_generations=0,
        ),
        processing_class=tokenizer,
        model=policy_of(request),
        ref_model=None,
        reward_model=reward_model_of(),
        value_model=value_model_of(request),
        train_dataset=Dataset.from_dict({"input_ids": prompts}),
        callbacks=[turnstile],
    )
    # The same batch at each step. Of a data set of one batch, accelerate would take each part of it for the last, and step after each.
    trainer.dataloader = [trainer.data_collator([{"input_ids": ids} for ids in prompts])]
    # accelerate's wrapper steps at the end of an accumulated batch only.
    noted.norm_of(trainer.optimizer.optimizer)
    generation, rewards, log = ppo_trainer.batch_generation, ppo_trainer.get_reward, trainer.log

    def noted_generation(model, queries, *args):
        result = generation(model, queries, *args)
        length = queries.shape[1]
        noted.values.update(
            prompts=[[id for id in row if id != 0] for row in queries.tolist()],
            completions=result[0][:, length:].tolist(),
            scores=[],
        )
        return result

    def noted_rewards(model, *args):
        result = rewards(model, *args)
        if model is trainer.reward_model:
            noted.values["scores"].extend(result[1].tolist())
        return result

    def noted_log(metrics, *args):
        noted.values.update(metrics={name: each for name, each in metrics.items() if name != "eps"})

    ppo_trainer.batch_generation = noted.seconds("generate", noted_generation)
    ppo_trainer.get_reward = noted_rewards
    trainer.log = noted_log
    turnstile.start(trainer, request["threads"])

    def step():
        turnstile.step()
        values = noted.take()
        metrics = values["metrics"]
        return {**values, "loss": metrics["loss/policy_avg"] + trainer.args.vf_coef * metrics["loss/value_avg"]}

    return f"TRL {trl.__version__}", step


def prepare(request):
    description, step = {"grpo": prepare_grpo, "ppo": prepare_ppo}[request["kind"]](request)

    def run(count):
        steps = [step() for _ in range(count)]
        with open(request["record"], "w") as file:
            json.dump(steps, file)
        return [each["loss"] for each in steps]

    # PPO's trainer, whose loop is its own, has no such setting.
    recomputed = "activations recomputed" if request["checkpointing"] and request["kind"] == "grpo" else "activations kept"
    return f"{description}, transformers {transformers.__version__}, peft {peft.__version__}, {recomputed}", run


# What trainers print is no answer.
answers, sys.stdout = sys.stdout, sys.stderr
serve(prepare, answers)

"""SmolLM2-135M-Instruct by transformers and peft, on the weights of a GGUF: logits, continuations, answers, steps of LoRA."""

import gguf
import numpy as np
import peft
import torch
import transformers
from lm_generate import greedy
from lm_shared import floats, logits_row, smollm2_model, smollm2_tokenizer, write_rows
from lm_training import ADAMW, CLIP, REFERENCE, batch_of, largest, nudged, sft_loss, steps_of, trained

CHATS = [
    [{"role": "user", "content": "What is the capital of France?"}],
    [{"role": "system", "content": "Answer with yes or no."}, {"role": "user", "content": "Is the sky green on a clear day?"}],
    [{"role": "user", "content": "Write one sentence about autumn."}, {"role": "assistant", "content": "The leaves turn red."},
     {"role": "user", "content": "Another one, please, about the wind."}],
]
TEXTS = [
    "The three primary colours are",
    "def fibonacci(n):\n    if n < 2:\n        return n\n    return",
    "Question: Do whales breathe air?\nAnswer (yes or no):",
]
COMPLETIONS = [" Paris is the capital of France.", "No", " 1, 2 and 3\n\nare numbers — ünïcödé."]
ANSWERS = {"yes": ["yes", " yes", "Yes", " Yes", "YES", " YES"], "no": ["no", " no", "No", " No", "NO", " NO"]}
TRAINED = [
    ("The opposite of hot is", " cold."), ("Name a fruit.", " A pear, or a plum if you like those better."),
    ("Two plus two is", " four."), ("Translate to French: good morning", " Bonjour, which is said until the afternoon."),
]
CONTINUED = {"maxNewTokens": 64}
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj"]


def prompts_of(tokenizer, template):
    base = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer)
    chats = [base.apply_chat_template(each, chat_template=template, add_generation_prompt=True, tokenize=False) for each in CHATS]
    return [(text, tokenizer.encode(text).ids) for text in [*chats, *TEXTS]]


def passes(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids]), use_cache=False).logits[0]


def completion_logprobs(model, ids, completion):
    logprobs = passes(model, [*ids, *completion])[len(ids) - 1 : -1].log_softmax(-1)
    return {"ids": completion, "logprobs": floats(logprobs[torch.arange(len(completion)), completion])}


def answers(tokenizer, logits):
    """Probabilities of the tokens that say yes and no, those of each summed."""
    probabilities = logits.double().softmax(-1)
    found = {}
    for answer, words in ANSWERS.items():
        tokens = sorted({ids[0] for ids in (tokenizer.encode(word).ids for word in words) if len(ids) == 1})
        found[answer] = {"tokens": tokens, "probability": floats(probabilities[tokens].sum())}
    return found


def continuation(model, ids):
    found = greedy(model, [ids], CONTINUED)
    return {"tokens": found["tokens"][0], "logprobs": found["logprobs"][0], "margin": found["margin"]}


def prompt_golden(model, tokenizer, text, ids, sampled):
    logits = passes(model, ids)
    last = len(ids) - 1
    rows = [logits_row([0, place], logits[place], 20, sampled) for place in (last, last // 4, last // 2, 3 * last // 4)]
    completions = [completion_logprobs(model, ids, tokenizer.encode(each).ids) for each in COMPLETIONS]
    return {"text": text, "ids": ids, "rows": rows, "greedy": continuation(model, ids), "completions": completions,
            "answers": answers(tokenizer, logits[last])}


def with_lora(path):
    """A by a rule instead of by chance: sin(0.37 (i·columns + j) + layer + projection / 4) / √columns; B is zero."""
    model = smollm2_model(path)
    config = peft.LoraConfig(r=8, lora_alpha=16, lora_dropout=0.0, target_modules=PROJECTIONS, bias="none", task_type="CAUSAL_LM")
    model = peft.get_peft_model(model, config).eval()
    with torch.no_grad():
        for name, parameter in trained(model):
            if "lora_A" not in name:
                continue
            parts = name.split(".")
            layer = int(parts[parts.index("layers") + 1])
            projection = next(number for number, each in enumerate(PROJECTIONS) if each in parts)
            rows, columns = parameter.shape
            places = np.arange(rows * columns, dtype=np.float64).reshape(rows, columns)
            parameter.copy_(torch.tensor(np.sin(0.37 * places + layer + projection / 4) / np.sqrt(columns), dtype=torch.float32))
    return model


def training(path, tokenizer, count=20, learning_rate=5e-4):
    batch = batch_of([(tokenizer.encode(prompt).ids, tokenizer.encode(end).ids) for prompt, end in TRAINED])
    losses, norms = steps_of(with_lora(path), [batch], count, sft_loss, learning_rate)
    near_losses, near_norms = steps_of(nudged(with_lora(path)), [batch], count, sft_loss, learning_rate)
    return {"rank": 8, "alpha": 16, "targetModules": PROJECTIONS, "steps": count, "learningRate": learning_rate, **batch,
            "losses": floats(losses), "gradientNorms": floats(norms),
            "sensitivity": {"losses": largest(losses, near_losses), "gradientNorms": largest(norms, near_norms)}}


def make(path):
    torch.set_num_threads(2)
    tokenizer, template = smollm2_tokenizer(gguf.GGUFReader(path))
    model = smollm2_model(path)
    sampled = sorted(np.random.default_rng(135).choice(model.config.vocab_size, size=50, replace=False).tolist())
    prompts = [prompt_golden(model, tokenizer, *each, sampled) for each in prompts_of(tokenizer, template)]
    batched = greedy(model, [each["ids"] for each in prompts], CONTINUED)["tokens"]
    assert batched == [each["greedy"]["tokens"] for each in prompts], "padding changes tokens"
    write_rows("smollm2.json", {
        "reference": REFERENCE,
        "optimizer": {"name": "AdamW", "betas": ADAMW["betas"], "eps": ADAMW["eps"], "weightDecay": ADAMW["weight_decay"], "maxGradientNorm": CLIP},
        "prompts": prompts,
        "lora": training(path, tokenizer),
    })

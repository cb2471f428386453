"""Greedy continuations by transformers, and logits as its sampling leaves them before it draws."""

import torch
import transformers
from lm_shared import TINY, floats, llama2c_tokenizer, padded, stories, tiny, write_rows
from transformers import GenerationConfig, LogitsProcessorList

PROMPTS = [
    "Once upon a time, there was a little girl named Lily.", "Tom and his dog", "One day, a big",
    "The sun was hot and the little bird was very", "\"Can we play?\" asked",
]
# The continuation ends after the token of a full stop, so rows end apart.
FULL_STOP = "."


def settings_of(given):
    names = {"maxNewTokens": "max_new_tokens", "maxLength": "max_length", "repetitionPenalty": "repetition_penalty",
             "temperature": "temperature", "topK": "top_k", "topP": "top_p", "minP": "min_p", "eosTokenIds": "eos_token_id"}
    return {names[key]: value for key, value in given.items()}


def greedy(model, prompts, settings):
    """Tokens and their log-probabilities under the model as it is, before any penalty."""
    ids, mask, _ = padded(prompts, left=True)
    # What the checkpoint says would fill what is not set here.
    model.generation_config = GenerationConfig()
    config = GenerationConfig(do_sample=False, pad_token_id=0, return_dict_in_generate=True, output_logits=True,
                              output_scores=True, **settings_of(settings))
    with torch.no_grad():
        found = model.generate(torch.tensor(ids), attention_mask=torch.tensor(mask), generation_config=config)
    continuations = found.sequences[:, len(ids[0]):]
    raw = torch.stack(found.logits, 1).log_softmax(-1)
    best = torch.stack(found.scores, 1).topk(2).values
    tokens, logprobs, margins = [], [], []
    for row, continuation in enumerate(continuations.tolist()):
        ends = [at for at, token in enumerate(continuation) if token in settings.get("eosTokenIds", [])]
        length = ends[0] + 1 if ends else len(continuation)
        tokens.append(continuation[:length])
        logprobs.append(floats(raw[row, torch.arange(length), continuation[:length]]))
        margins.append((best[row, :length, 0] - best[row, :length, 1]).min().item())
    return {"settings": settings, "ids": ids, "attentionMask": mask, "tokens": tokens, "logprobs": logprobs,
            "margin": floats(min(margins))}


def stories_cases():
    tokenizer, model = llama2c_tokenizer(), stories()
    prompts = [[1, *tokenizer.encode(text)] for text in PROMPTS]
    full_stop = tokenizer.piece_to_id(FULL_STOP)
    plain = {"maxNewTokens": 64}
    penalised = {**plain, "repetitionPenalty": 1.3}
    cases = [{"name": "single", **greedy(model, [each], plain)} for each in prompts]
    cases.append({"name": "batched", **greedy(model, prompts, plain)})
    assert cases[-1]["tokens"] == [each["tokens"][0] for each in cases[:-1]], "padding changes tokens"
    cases.append({"name": "single, penalised", **greedy(model, [prompts[0]], penalised)})
    cases.append({"name": "batched, penalised", **greedy(model, prompts, penalised)})
    assert cases[-1]["tokens"][0] == cases[-2]["tokens"][0], "padding changes tokens"
    cases.append({"name": "until a full stop", **greedy(model, prompts, {**plain, "eosTokenIds": [full_stop]})})
    long = greedy(model, [prompts[0]], {"maxNewTokens": 480 - len(prompts[0])})["tokens"][0]
    context = model.config.max_position_embeddings
    cases.append({"name": "until the context ends", **greedy(model, [[*prompts[0], *long]], {"maxLength": context})})
    return [{"model": "stories260K", **each, "texts": tokenizer.decode(each["tokens"])} for each in cases]


def tiny_cases():
    """Through the sliding windows of mistral (16) and qwen2 (8), and gpt2's learned positions up to the last."""
    prompts = [[3, 9, 27, 14, 5, 16], [7, 21], [30, 4, 19, 11]]
    return [{"name": "batched", "model": name, **greedy(tiny(name), prompts, {"maxNewTokens": 26})} for name in TINY]


# Numbers by a fixed rule, not by a seed: about normal, of some spread.
def vector(length, step, spread):
    return [round(spread * (((at * step) % 17) - 8 + 0.37 * (((at * at * step) % 11) - 5) + 0.013 * at), 4) for at in range(length)]


CLOSED = float("-inf")
TIES = [2.0, 1.0, 2.0, 0.5, 1.0, -1.0, 1.0, 0.25]
VECTORS = {
    "spread": vector(12, 5, 0.4), "flat": vector(12, 7, 0.02), "steep": vector(12, 3, 3.0), "long": vector(40, 11, 0.3),
    "ties": TIES, "equal": [0.5] * 6, "closed": [CLOSED, 1.5, CLOSED, -0.25, 0.75, CLOSED, -2.0, 1.0], "one open": [CLOSED, CLOSED, -3.0, CLOSED],
    "one": [1.25], "great": [80.0, 79.5, 79.0, -80.0, 60.0, 79.9], "negative": [-5.0, -4.5, -7.0, -6.25, -4.75, -9.0],
}
WARPINGS = [
    ("spread", {"temperature": 0.7}), ("spread", {"topK": 4}), ("spread", {"topP": 0.8}), ("spread", {"minP": 0.1}),
    ("spread", {"repetitionPenalty": 1.3}), ("spread", {"temperature": 1.8, "topK": 9, "topP": 0.9, "minP": 0.05, "repetitionPenalty": 1.2}),
    ("flat", {"topP": 0.5}), ("flat", {"temperature": 0.02, "topK": 5}), ("steep", {"topP": 0.3}), ("steep", {"minP": 1.0}),
    ("steep", {"temperature": 10.0, "minP": 0.2}), ("long", {"topK": 20, "topP": 0.95}), ("long", {"temperature": 0.5, "topP": 0.6}),
    ("long", {"repetitionPenalty": 0.8, "topK": 7}), ("ties", {"topK": 3}), ("ties", {"topK": 1}), ("ties", {"minP": 0.3}),
    ("equal", {"topK": 2}), ("equal", {"minP": 0.9}), ("closed", {"topP": 0.7}), ("closed", {"topK": 7}), ("closed", {"repetitionPenalty": 1.5}),
    ("closed", {"temperature": 0.4, "topP": 0.9, "minP": 0.02}), ("one open", {"topP": 0.1, "topK": 3}), ("one", {"topP": 0.5, "topK": 5}),
    ("great", {"topP": 0.6}), ("great", {"temperature": 0.1, "minP": 0.3}), ("negative", {"repetitionPenalty": 2.0, "topP": 0.7}),
    ("negative", {"temperature": 1.0, "topK": 0, "topP": 1.0, "minP": 0.0, "repetitionPenalty": 1.0}),
]
# What has been said already, with repetitions; the penalty counts each token once.
PREVIOUS = [1, 3, 3, 0, 5, 1]


def kept_unambiguously(logits, settings):
    """Which of equal tokens top-p keeps is nobody's promise: such cases prove nothing."""
    if settings.get("topP", 1) >= 1:
        return True
    finite = [each for each in logits if each != CLOSED]
    return len(set(finite)) == len(finite)


def process(model, logits, previous, settings):
    # Unlike the defaults of generate, all that is not given is off.
    config = GenerationConfig(do_sample=True, **{"top_k": 0, "top_p": 1.0, "temperature": 1.0, **settings_of(settings)})
    processors = model._get_logits_processor(
        generation_config=config, input_ids_seq_length=len(previous), logits_processor=LogitsProcessorList(), device="cpu")
    return processors(torch.tensor([previous]), torch.tensor([logits]))[0]


def warped(model, name, settings):
    logits = VECTORS[name]
    assert kept_unambiguously(logits, settings), (name, settings)
    previous = [each for each in PREVIOUS if each < len(logits)]
    processed = process(model, logits, previous, settings)
    for key in {"topP", "minP"} & settings.keys():
        for factor in (0.9999, 1.0001):
            near = process(model, logits, previous, {**settings, key: min(settings[key] * factor, 1.0)})
            assert torch.equal(near.isinf(), processed.isinf()), f"{name}, {settings}: {key} is at a limit"
    return {"name": name, "logits": floats(logits), "previous": previous, "settings": settings, "processed": floats(processed)}


def make():
    torch.set_num_threads(1)
    model = tiny("llama")
    write_rows("generate.json", {
        "reference": f"transformers {transformers.__version__}, torch {torch.__version__}",
        "greedy": [*stories_cases(), *tiny_cases()],
        "warped": [warped(model, *each) for each in WARPINGS],
    })

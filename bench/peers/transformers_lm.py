"""What lm-bench.ts asks for in transformers, with its default attention and cache, and in peft. Speaks the protocol of peer.ts."""

import peft
import torch
import transformers

from serve import serve


def load(request):
    model = transformers.AutoModelForCausalLM.from_pretrained(request["model"], dtype=torch.float32)
    # Texts end at their last token and nowhere else.
    model.generation_config.eos_token_id = None
    return model.eval()


def inputs_of(request):
    ids = torch.tensor(request["sequences"])
    return ids, torch.ones_like(ids)


def prepare_prefill(request):
    model = load(request)
    ids, mask = inputs_of(request)

    @torch.inference_mode()
    def prefill():
        logits = model(ids, attention_mask=mask, use_cache=True, logits_to_keep=1).logits[:, -1]
        best = logits.max(-1)
        return [*best.indices.tolist(), *best.values.tolist()]

    return model, again(prefill)


def prepare_generation(request):
    model = load(request)
    ids, mask = inputs_of(request)

    def generate():
        output = model.generate(ids, attention_mask=mask, max_new_tokens=request["newTokens"], do_sample=False)
        return output[:, ids.shape[1]:].flatten().tolist()

    return model, again(generate)


def prepare_lora(request):
    model = peft.PeftModel.from_pretrained(load(request), request["adapter"], is_trainable=True).train()
    ids, mask = inputs_of(request)
    labels = ids.clone()
    labels[:, : request["promptTokens"]] = -100
    optimizer = torch.optim.AdamW([each for each in model.parameters() if each.requires_grad],
                                  lr=request["learningRate"], weight_decay=request["weightDecay"])

    def step():
        loss = model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return model, lambda count: [step() for _ in range(count)]


def again(step):
    return lambda count: [step() for _ in range(count)][-1]


def prepare(request):
    prepare_kind = {"prefill": prepare_prefill, "generation": prepare_generation, "lora": prepare_lora}[request["kind"]]
    model, run = prepare_kind(request)
    attention = model.config._attn_implementation
    return f"transformers {transformers.__version__}, peft {peft.__version__}, attention {attention}", run


serve(prepare)

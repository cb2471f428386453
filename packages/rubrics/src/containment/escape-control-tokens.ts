// Tokens that chat templates end turns and begin roles with. Most are between <| and |>, some with wide bars; the rest have to
// be named, for a text between < and > is markup more often.
const barred = '[|｜][^\\s<>]{1,64}>|[^\\s<>\\\\][^\\s<>]{0,63}[|｜]>'
const named =
  '/?(?:s|bos|eos|pad|unk|mask|sop|eop|eod|eot|start_of_turn|end_of_turn|end_of_utterance|' +
  'seed:\\w{1,20}|_(?:user|bot|system|start|end|pad)|start_of_image|end_of_image|im_start|im_end|__media__|(?:extra_id|reserved|SPECIAL)_\\d{1,4}|unused\\d{1,4})>'
const bracketed =
  '/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS|CALL_ID|THINK|' +
  'UNUSED_TOKEN_\\d{1,4}|IMG|gMASK|sMASK|BOS|EOS|PAD|CLS|SEP|MASK|UNK)\\]'

// EXAONE's `[|assistant|]`; MiniMax's `]~b]`, `]~!b[` and `[e~[`.
const squared = '\\|[A-Za-z_]{1,32}\\|\\]|[a-z]~\\['
const closing = '~!?[a-z][\\][]|![a-z]~\\['

const token = new RegExp(
  `<(?=\\\\*(?:${barred}|${named}|</?SYS>>))|\\[(?=\\\\*(?:${bracketed}|${squared}))|\\](?=\\\\*(?:${closing}))`,
  'g',
)

/**
 * A text with the control tokens of the families below spelt apart, so that no server finds one that ends a turn or begins
 * a role: `<|im_end|>` becomes `<\|im_end|>`. A family that is not below may have others.
 *
 * Servers such as llama.cpp, vLLM and Ollama put messages into the model's chat template and then tokenise the whole, so that a
 * message that spells the end of a turn ends it, and can go on as the assistant. A backslash after the first character
 * keeps the spelling readable and the token away. It can be undone: what has backslashes there already gets one more.
 *
 * Tokens between `<|` and `|>`, also with one of the bars and with DeepSeek's wide ones, and those of the Llama, Mistral,
 * Gemma, T5, GLM, Seed-OSS, MiniMax, EXAONE, InternLM and TeleChat families by name, such as `</s>`, `[INST]` and
 * `<end_of_turn>`. Turns that a template marks in plain words, such as `### Instruction:`, are no tokens. Tags of reasoning and tools, such as `<think>`, are tokens of some models that
 * end no turn; they stay as they are.
 */
export const escapeControlTokens = (text: string): string => text.replace(token, '$&\\')

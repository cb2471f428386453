import { isRecord } from '../config/field-reader'

/*
 * Where `@huggingface/tokenizers` 0.2.0 departs from the original in Rust, the same thing is said in a way that both
 * understand alike: its ByteLevel splits by JavaScript's white space, which has U+FEFF and lacks U+0085, and its Digits
 * knows ASCII digits only; its Split takes the same patterns in the original's meaning.
 */

const split = (pattern: string): object => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
})

const wordsOfGpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

/** The steps that stand for one; undefined when it is right as it is. */
const replacements: Readonly<Record<string, (step: Record<string, unknown>) => object[] | undefined>> = {
  Digits: (step) => [split(step.individual_digits === true ? '\\p{N}' : '\\p{N}+')],
  ByteLevel: (step) =>
    // A prefix is put before the first word and not before each, so that splitting cannot go first.
    step.use_regex === false || step.add_prefix_space === true
      ? undefined
      : [split(wordsOfGpt2), { ...step, use_regex: false }],
  Sequence: (step) => {
    const inner: unknown[] = Array.isArray(step.pretokenizers) ? step.pretokenizers : []
    return [{ ...step, pretokenizers: inner.flatMap(stepsOf) }]
  },
}

function stepsOf(step: unknown): unknown[] {
  if (!isRecord(step) || typeof step.type !== 'string' || !Object.hasOwn(replacements, step.type))
    return [step]
  return replacements[step.type]!(step) ?? [step]
}

/** A tokenizer.json for the library, which splits as the original does; what is given is not changed. */
export function mendSplitting(tokenizer: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const steps = stepsOf(tokenizer.pre_tokenizer ?? null)
  const [first] = steps
  return {
    ...tokenizer,
    pre_tokenizer: steps.length === 1 ? first : { type: 'Sequence', pretokenizers: steps },
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes of a run of byte tokens, as the original has them: all of them U+FFFD unless all are UTF-8. */
const decodeRun = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes)
  } catch {
    return '\ufffd'.repeat(bytes.length)
  }
}

/**
 * Makes decoders of byte tokens keep U+FEFF, which they drop, and treat bytes that are no UTF-8 as the original does.
 * @param decoder of the library, or a sequence of them.
 */
export function mendDecoder(decoder: unknown): void {
  if (typeof decoder !== 'function' && !isRecord(decoder)) return
  const parts = decoder as { decoders?: unknown[]; config?: { type?: unknown }; text_decoder?: unknown }
  for (const part of parts.decoders ?? []) mendDecoder(part)
  if (parts.config?.type === 'ByteFallback') parts.text_decoder = { decode: decodeRun }
}

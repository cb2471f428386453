import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeControlTokens } from './escape-control-tokens'

/** Control tokens of published models' tokenizers, by family. */
const tokens = {
  chatml: ['<|im_start|>', '<|im_end|>', '<|endoftext|>', '<|fim_prefix|>'],
  llama3: ['<|begin_of_text|>', '<|start_header_id|>', '<|eot_id|>', '<|reserved_special_token_0|>'],
  llama2: ['<s>', '</s>', '<unk>', '[INST]', '[/INST]', '<<SYS>>', '<</SYS>>'],
  mistral: ['[SYSTEM_PROMPT]', '[/SYSTEM_PROMPT]', '[TOOL_CALLS]', '[AVAILABLE_TOOLS]', '[IMG]', '[THINK]'],
  gemma: ['<bos>', '<eos>', '<start_of_turn>', '<end_of_turn>', '<|turn>', '<turn|>', '<unused12>'],
  deepseek: ['<｜begin▁of▁sentence｜>', '<｜User｜>', '<｜Assistant｜>', '<｜end▁of▁sentence｜>'],
  phi: ['<|user|>', '<|assistant|>', '<|end|>'],
  harmony: ['<|start|>', '<|channel|>', '<|message|>', '<|return|>'],
  others: ['[gMASK]', '<sop>', '<extra_id_1>', '<SPECIAL_12>', '<reserved_106>', '<end_of_utterance>'],
  seed: ['<seed:bos>', '<seed:eos>'],
  minimax: [']~b]', ']~!b[', '[e~['],
  exaone: ['[|assistant|]', '[|endofturn|]', '[|system|]'],
  internlm: ['[UNUSED_TOKEN_145]'],
  telechat: ['<_user>', '<_bot>', '<_end>'],
  server: ['<__media__>'],
}
const all = Object.values(tokens).flat()

const backslashes = (text: string) => /^.(\\*)/.exec(text)![1]!.length

/** One backslash less wherever escaping would put one more. */
const unescaped = (text: string) =>
  text.replace(/[<[\]]\\/g, (pair, at: number) => {
    const rest = text.slice(at)
    return backslashes(escapeControlTokens(rest)) > backslashes(rest) ? pair[0]! : pair
  })

const hostile = fc
  .array(
    fc.constantFrom(...all, '<', '|', '>', '\\', '[', ']', '/', 's', '<|', '|>', '~', 'b', 'x', ' ', '\n'),
    {
      maxLength: 10,
    },
  )
  .map((parts) => parts.join(''))

describe('escapeControlTokens', () => {
  test.each(all)('%s is spelled, and is no token', (token) => {
    expect(escapeControlTokens(`a${token}b`)).toBe(`a${token[0]}\\${token.slice(1)}b`)
  })

  test('no text has one left, however its tokens overlap', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = escapeControlTokens(text)
        for (const token of all) expect(escaped).not.toContain(token)
      }),
      { numRuns: 2000 },
    )
  })

  test('two texts stay two texts', () => {
    expect(escapeControlTokens('<\\|im_end|>')).toBe('<\\\\|im_end|>')
    expect(escapeControlTokens('<\\\\</s>')).toBe('<\\\\<\\/s>')
    fc.assert(
      fc.property(hostile, (text) => {
        expect(unescaped(escapeControlTokens(text))).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ...[
      'a < b || c > d',
      'x <| f',
      'xs |> List.map f |> g',
      'p <|> q',
      '<b>bold</b>',
      '<span class="s">',
      '</think>',
      '<tool_call>',
    ],
    ...[
      'array[0]',
      '[|1; 2|]',
      'a[i]~b',
      '[MASKED]',
      '[inst]',
      '[a](b)',
      '<https://s.example>',
      'if (a<s && b>s)',
      '| a | b |',
    ],
  ])('%s stays as it is', (text) => {
    expect(escapeControlTokens(text)).toBe(text)
  })
})

import { array, assert, asyncProperty, nat, tuple, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../byte-source'
import { sha256 } from '../goldens/digest'
import { goldenBytes, loadGolden } from '../goldens/load-goldens'
import { LmError } from '../lm-error'
import { llama3Scaling } from './gguf-config'
import { ggufTokenizerFiles } from './gguf-tokenizer'
import { openGguf } from './open-gguf'
import { parseGgufPrefix } from './parse-gguf'
import { readGgufHeader } from './read-header'
import { readGgufTensor } from './read-tensor'
import { tensorTypes } from './tensor-types'

interface Digest {
  readonly shape: number[]
  readonly sha256: string
}

interface Golden {
  readonly files: Record<
    string,
    { stored: Record<string, Digest & { type: string; first: number[] }>; parameters: Record<string, Digest> }
  >
}

const golden = loadGolden<Golden>('gguf/gguf.json')
const bytesOf = (name: string) => goldenBytes(`gguf/${name}.gguf`)
const open = (bytes: Uint8Array) => openGguf(bytesSource(bytes, 'x'))

/** The code and the message of the error that a promise is rejected with; other errors are thrown. */
async function failure(promise: Promise<unknown>): Promise<readonly [string, string] | undefined> {
  try {
    await promise
  } catch (error) {
    if (LmError.isInstance(error)) return [error.code, error.message]
    throw error
  }
  return undefined
}

/** A copy with other numbers at some places. */
function edited(bytes: Uint8Array, edits: Readonly<Record<number, number>>): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (const [at, value] of Object.entries(edits)) copy[Number(at)] = value
  return copy
}

/** Where a text is in bytes. */
const indexOf = (bytes: Uint8Array, text: string): number => Buffer.from(bytes).indexOf(text)

describe.each(Object.entries(golden.files))('%s.gguf', (name, { stored, parameters }) => {
  it('has the elements of the gguf package, bit for bit', async () => {
    const source = bytesSource(bytesOf(name), name)
    const { tensors } = await readGgufHeader(source)
    expect(tensors.map((tensor) => tensor.name).toSorted()).toEqual(Object.keys(stored).toSorted())
    for (const tensor of tensors) {
      const expected = stored[tensor.name]!
      const data = await readGgufTensor(source, tensor)
      expect([tensor.type.name, tensor.shape], tensor.name).toEqual([expected.type, expected.shape])
      expect(Array.from(data.subarray(0, 4)), tensor.name).toEqual(expected.first)
      expect(sha256(data), tensor.name).toBe(expected.sha256)
    }
  })

  it('has the parameters that transformers reads in it', async () => {
    const { tensors, config } = await openGguf(bytesSource(bytesOf(name), name))
    const tied = config.tieWordEmbeddings ? ['lm_head.weight'] : []
    expect([...tensors.names, ...tied].toSorted()).toEqual(Object.keys(parameters).toSorted())
    for (const parameter of tensors.names) {
      const { data, dims } = await tensors.read(parameter)
      expect([dims, sha256(data)], parameter).toEqual([
        parameters[parameter]!.shape,
        parameters[parameter]!.sha256,
      ])
      expect(tensors.info(parameter).shape).toEqual(dims)
    }
  })
})

describe('readGgufTensor', () => {
  it.each(Object.values(tensorTypes))('reads $name by pieces as in one', async (type) => {
    const blocks = Math.ceil(2_500_000 / type.blockBytes)
    const bytes = Uint8Array.from({ length: 7 + blocks * type.blockBytes }, (_, i) => (i * 40503) >> 7)
    const shape = [blocks, type.blockElements]
    const whole = new Float32Array(blocks * type.blockElements)
    type.dequantize(bytes.subarray(7), whole)
    const tensor = { name: '', shape, type, begin: 7, end: bytes.length }
    expect(sha256(await readGgufTensor(bytesSource(bytes, 'x'), tensor))).toBe(sha256(whole))
  })
})

describe('the golden files', () => {
  it('have every type that is read', () => {
    const found = Object.values(golden.files).flatMap(({ stored }) =>
      Object.values(stored).map(({ type }) => type),
    )
    expect([...new Set(found)].toSorted()).toEqual(
      Object.values(tensorTypes)
        .map(({ name }) => name)
        .toSorted(),
    )
  })
})

describe('openGguf', () => {
  it('reads version 2 as version 3, and bytes that begin anywhere', async () => {
    const second = edited(bytesOf('qwen2'), { 4: 2 })
    const shifted = new Uint8Array(second.length + 3)
    shifted.set(second, 3)
    const { config, header } = await open(shifted.subarray(3))
    expect(header.version).toBe(2)
    expect(config).toEqual((await open(bytesOf('qwen2'))).config)
    expect(config).toMatchObject({ family: 'qwen2', qkvBias: true, rmsNormEps: 1e-6, rope: { theta: 1e6 } })
  })

  it('says what a file is that it does not read', async () => {
    const file = bytesOf('llama')
    const architecture = indexOf(file, 'llama')
    const q4K = file.lastIndexOf(12, indexOf(file, 'blk.0.attn_q.weight') + 19 + 4 + 16 + 4)
    for (const [bytes, code, message] of [
      [edited(file, { 0: 0x4d }), 'NOT_A_CHECKPOINT', 'x: expected the letters GGUF'],
      [edited(file, { 4: 1 }), 'UNSUPPORTED_VERSION', 'x: version: expected 2 or 3, got 1'],
      [edited(file, { 4: 4 }), 'UNSUPPORTED_VERSION', 'got 4'],
      [edited(file, { 4: 0, 7: 3 }), 'UNSUPPORTED_VERSION', 'byte order of another machine'],
      [edited(file, { [architecture]: 0x71 }), 'UNKNOWN_ARCHITECTURE', 'got "qlama"'],
      [
        edited(file, { [q4K]: 10 }),
        'UNSUPPORTED_DTYPE',
        '"blk.0.attn_q.weight": expected one of the types F32, ',
      ],
      [edited(file, { 15: 0xff }), 'INVALID_FILE', 'the number of tensors: expected at most'],
      [edited(file, { 23: 0x7f }), 'INVALID_FILE', 'the number of entries: expected at most'],
      [file.subarray(0, 0), 'INVALID_FILE', 'truncated'],
      [file.subarray(0, 1000), 'INVALID_FILE', 'truncated'],
      [file.subarray(0, -1), 'INVALID_FILE', 'go beyond the file'],
    ] as const) {
      expect(await failure(open(bytes))).toEqual([code, expect.stringContaining(message)])
    }
  })

  it('wants the tensors that the configuration asks for, in their shape', async () => {
    const file = bytesOf('llama')
    const down = indexOf(file, 'blk.1.ffn_down.weight')
    expect(await failure(open(edited(file, { [down + 6]: 0x78 })))).toEqual([
      'TENSOR_MISMATCH',
      'x: blk.1.xfn_down.weight: the configuration has no place for it',
    ])
    const layers = indexOf(file, 'llama.block_count') + 'llama.block_count'.length + 4
    expect(await failure(open(edited(file, { [layers]: 3 })))).toEqual([
      'MISSING_TENSOR',
      expect.stringMatching(/^x: model.layers.2.input_layernorm.weight: no tensor of this name/),
    ])
    const width = indexOf(file, 'llama.feed_forward_length') + 'llama.feed_forward_length'.length + 4
    expect(await failure(open(edited(file, { [width]: 64 })))).toEqual([
      'TENSOR_MISMATCH',
      expect.stringContaining('.weight: the configuration expects shape [64, 256], got [32, 256]'),
    ])
  })

  it('knows the scaling of Llama 3.1 by its factors', () => {
    const factors = (factor: number, original: number) =>
      Float32Array.from({ length: 64 }, (_, i) => {
        // Llama 3.1's rule, by wavelengths as its makers wrote it.
        const wavelength = 2 * Math.PI * 500_000 ** (i / 64)
        const [low, high] = [original / 1, original / 4]
        if (wavelength < high) return 1
        if (wavelength > low) return factor
        const smooth = (original / wavelength - 1) / (4 - 1)
        return 1 / ((1 - smooth) / factor + smooth)
      })
    expect(llama3Scaling(factors(32, 8192), 500_000, 'x')).toEqual({
      rope_type: 'llama3',
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    })
    expect(() => llama3Scaling(factors(8, 4096), 500_000, 'x')).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_ARCHITECTURE' }),
    )
  })
})

describe('the tokeniser in the metadata', () => {
  const header = parseGgufPrefix(bytesOf('llama'), bytesOf('llama').length, 'x')
  const withEntries = (entries: object) =>
    ggufTokenizerFiles(
      {
        ...header,
        metadata: {
          ...header.metadata,
          ...Object.fromEntries(
            Object.entries(entries).map(([key, value]) => [`tokenizer.ggml.${key}`, value]),
          ),
        },
      },
      'x',
    )

  it.each([
    [{ model: 'bert' }, 'tokenizer.ggml.model: expected one of gpt2, llama, got "bert"'],
    [{ pre: 'tekken' }, 'tokenizer.ggml.pre: expected one of gpt-2, '],
    [{ tokens: 3 }, 'tokenizer.ggml.tokens: expected an array of strings, got 3'],
    [{ tokens: ['a', 'a'], token_type: [1, 1] }, 'the token "a" is there twice'],
    [{ token_type: [1] }, 'tokenizer.ggml.token_type: expected 32 values, as many as tokens, got 1'],
    [{ merges: ['a'] }, 'merge 0: expected two tokens that make one, got "a"'],
    [{ bos_token_id: 32 }, 'tokenizer.ggml.bos_token_id: expected an id below 32, got 32'],
    [{ add_bos_token: 1 }, 'tokenizer.ggml.add_bos_token: expected true or false, got 1'],
    [{ model: 'llama' }, 'tokenizer.ggml.scores: expected 32 values, as many as tokens, got 0'],
  ])('%j is refused', (entries, message) => {
    expect(() => withEntries(entries)).toThrow(
      expect.objectContaining({ code: 'INVALID_TOKENIZER', message: expect.stringContaining(message) }),
    )
  })

  it('tells of integers that no number holds', () => {
    expect(() => withEntries({ bos_token_id: [2n ** 63n] })).toThrow('a token id, got [9223372036854775808n]')
  })

  it('may be none', () => {
    expect(withEntries({ model: 'no_vocab' })).toBeUndefined()
    expect(ggufTokenizerFiles({ ...header, metadata: {} }, 'x')).toBeUndefined()
  })
})

describe('mutations never do worse than a named error', () => {
  const original = bytesOf('qwen2')
  // Most of the file is header; edits go there.
  const headerEnd = parseGgufPrefix(original, original.length, 'x').tensors[0]!.begin

  it('truncation at any byte', async () => {
    for (let length = 0; length < original.length; length += length < headerEnd ? 1 : 97) {
      const [code, message] = (await failure(open(original.subarray(0, length))))!
      expect(code, `${length} bytes`).toBe('INVALID_FILE')
      expect(message.length).toBeLessThan(1000)
    }
  })

  it('other bytes, spliced bytes, huge counts', async () => {
    const edits = array(tuple(nat(headerEnd - 1), nat(255)), { maxLength: 4 })
    let survivors = 0
    await assert(
      asyncProperty(edits, nat(headerEnd), uint8Array({ maxLength: 8 }), async (changes, at, extra) => {
        const bytes = edited(original, Object.fromEntries(changes))
        const spliced = Uint8Array.from([...bytes.subarray(0, at), ...extra, ...bytes.subarray(at)])
        for (const each of [bytes, spliced]) {
          const error = await failure(
            open(each).then(async ({ header, tensors }) => {
              ggufTokenizerFiles(header, 'x')
              for (const name of tensors.names) await tensors.read(name)
            }),
          )
          if (error === undefined) survivors++
          else expect(error[1].length).toBeLessThan(2000)
        }
      }),
      { numRuns: 300 },
    )
    expect(survivors).toBeGreaterThan(0)
  })

  it('every count and length of 64 bits at its largest', async () => {
    for (let at = 8; at + 8 <= headerEnd; at++) {
      const bytes = Uint8Array.from(original)
      bytes.fill(0xff, at, at + 8)
      await failure(open(bytes))
      new DataView(bytes.buffer).setBigUint64(at, 2n ** 62n, true)
      await failure(open(bytes))
    }
  })
})

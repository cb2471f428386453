import { array, assert, asyncProperty, nat, property, tuple, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../byte-source'
import { goldenBytes } from '../goldens/load-goldens'
import { LmError } from '../lm-error'
import { llama2cTokenizerFiles } from './llama2c-tokenizer'
import { openLlama2c } from './open-llama2c'

/** A file whose numbers count up from 0, with 2 layers; a vocabulary below 0 has an output projection of its own. */
function countingFile(vocab: number): Uint8Array {
  const [dim, hidden, layers, heads, kvHeads, length] = [8, 12, 2, 2, 1, 3]
  const [headDim, tokens] = [dim / heads, Math.abs(vocab)]
  const perLayer = dim + dim * dim + 2 * kvHeads * headDim * dim + dim * dim + dim + 3 * hidden * dim
  const count = tokens * dim + layers * perLayer + dim + length * headDim + (vocab < 0 ? tokens * dim : 0)
  const bytes = new Uint8Array(28 + 4 * count)
  new Int32Array(bytes.buffer, 0, 7).set([dim, hidden, layers, heads, kvHeads, vocab, length])
  new Float32Array(bytes.buffer, 28).set(Float32Array.from({ length: count }, (_, i) => i))
  return bytes
}

const open = (bytes: Uint8Array) => openLlama2c(bytesSource(bytes, 'x'))
const code = async (promise: Promise<unknown>): Promise<string | undefined> => {
  try {
    await promise
  } catch (error) {
    if (LmError.isInstance(error)) return error.code
    throw error
  }
  return undefined
}

describe('openLlama2c', () => {
  it('takes tensors from their places, and rows of queries and keys out of their pairs', async () => {
    const { config, tensors } = await open(countingFile(-5))
    expect(config).toMatchObject({ headDim: 4, numKeyValueHeads: 1, vocabSize: 5, tieWordEmbeddings: false })
    const column = async (name: string) => {
      const { data, dims } = await tensors.read(name)
      return Array.from({ length: dims[0]! }, (_, row) => data[row * (dims[1] ?? 1)])
    }
    // Embeddings 40, norms 2 × 8, then the queries of both layers, keys, values, outputs.
    expect(await column('model.embed_tokens.weight')).toEqual([0, 8, 16, 24, 32])
    expect((await column('model.layers.1.input_layernorm.weight'))[0]).toBe(48)
    expect(await column('model.layers.0.self_attn.q_proj.weight')).toEqual(
      [0, 2, 1, 3, 4, 6, 5, 7].map((row) => 56 + 8 * row),
    )
    expect(await column('model.layers.1.self_attn.k_proj.weight')).toEqual(
      [0, 2, 1, 3].map((row) => 216 + 8 * row),
    )
    expect((await column('model.layers.0.self_attn.v_proj.weight'))[0]).toBe(248)
    expect((await column('model.layers.0.self_attn.o_proj.weight'))[0]).toBe(312)
    expect((await column('model.layers.0.post_attention_layernorm.weight'))[0]).toBe(440)
    expect((await column('model.layers.0.mlp.gate_proj.weight'))[0]).toBe(456)
    expect((await column('model.layers.0.mlp.down_proj.weight'))[0]).toBe(648)
    expect((await column('model.layers.0.mlp.up_proj.weight'))[0]).toBe(840)
    expect((await column('model.norm.weight'))[0]).toBe(1032)
    // Behind the tables of RoPE, 3 × 4.
    expect((await column('lm_head.weight'))[0]).toBe(1052)
  })

  it('reads the 260,032 parameters of stories260K', async () => {
    const { config, tensors } = await open(goldenBytes('stories260K.bin'))
    expect(config).toMatchObject({
      hiddenSize: 64,
      numHiddenLayers: 5,
      vocabSize: 512,
      tieWordEmbeddings: true,
    })
    let count = 0
    for (const name of tensors.names) {
      const { data } = await tensors.read(name)
      expect(data.every((value) => Math.abs(value) < 10)).toBe(true)
      count += data.length
    }
    expect(count).toBe(260_032)
  })

  it('says what a file is that it does not read', async () => {
    const file = countingFile(5)
    await expect(open(file.subarray(0, -4))).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringMatching(/^x: its first numbers ask for \d+ bytes, it has \d+: truncated/),
    })
    const versioned = Uint8Array.from(file)
    new DataView(versioned.buffer).setUint32(0, 0x616b3432, true)
    await expect(open(versioned)).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION' })
    await expect(open(file.subarray(0, 27))).rejects.toMatchObject({ code: 'NOT_A_CHECKPOINT' })
    await expect(open(new TextEncoder().encode('x'.repeat(1000)))).rejects.toMatchObject({
      code: 'NOT_A_CHECKPOINT',
    })
  })

  it('mutations never do worse than a named error', async () => {
    const file = countingFile(5)
    const edits = array(tuple(nat(40), nat(255)), { minLength: 1, maxLength: 4 })
    await assert(
      asyncProperty(edits, nat(file.length), async (changes, length) => {
        const bytes = Uint8Array.from(file)
        for (const [at, value] of changes) bytes[at] = value
        await code(open(bytes))
        await code(open(bytes.subarray(0, length)))
      }),
      { numRuns: 300 },
    )
  })
})

describe('llama2cTokenizerFiles', () => {
  const file = goldenBytes('tok512.bin')

  it('refuses a file that is cut off, or another model’s', () => {
    for (const [bytes, vocab] of [
      [file, 511],
      [file.subarray(0, 3), 512],
      [file.subarray(0, -1), 512],
      [file.subarray(0, 200), 512],
      [Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0xff), 1],
    ] as const) {
      expect(() => llama2cTokenizerFiles(bytes, vocab, 'x')).toThrow(
        expect.objectContaining({ code: 'INVALID_TOKENIZER', message: expect.stringMatching(/^x: /) }),
      )
    }
  })

  it('mutations never do worse than a named error', () => {
    assert(
      property(nat(file.length - 1), uint8Array({ minLength: 1, maxLength: 8 }), (at, extra) => {
        const bytes = Uint8Array.from(file)
        bytes.set(extra.subarray(0, file.length - at), at)
        for (const each of [bytes, bytes.subarray(0, at)]) {
          try {
            llama2cTokenizerFiles(each, 512, 'x')
          } catch (error) {
            if (!LmError.isInstance(error)) throw error
          }
        }
      }),
      { numRuns: 100 },
    )
  })
})

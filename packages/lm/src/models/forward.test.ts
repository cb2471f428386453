import { jit, reshape, Tensor, take } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { type GeneratedSequence, generate } from '../generation/generate'
import { goldenModel } from '../goldens/golden-model'
import { loadGolden } from '../goldens/load-goldens'
import { createLanguageModel } from '../running/language-model'
import { nextTokenLogProbs } from '../scoring/next-token'
import type { TokenBatch } from './batch'
import { contextLength } from './context-length'
import { entropyOf, forward, logitsOf, targetLogProbs } from './forward'

interface Case {
  readonly name: string
  readonly model: string
  readonly configOverrides?: Record<string, unknown>
  readonly ids: readonly (readonly number[])[]
  readonly attentionMask?: readonly (readonly number[])[]
  readonly positions?: readonly (readonly number[])[]
  /** Of the sequences that a row is packed of. */
  readonly lengths?: readonly number[]
  readonly rows: readonly {
    readonly at: readonly [number, number]
    readonly logsumexp: number
    /** The tokens whose logits these are; all where it is not there. */
    readonly tokens?: readonly number[]
    readonly logits: readonly number[]
  }[]
}

const { cases } = loadGolden<{ cases: Case[] }>('logits.json')

const rowsOf = (rows: readonly (readonly number[])[]) =>
  Tensor.fromData(Int32Array.from(rows.flat()), [rows.length, rows[0]!.length])

function batchOf({ ids, attentionMask, positions, lengths }: Case): TokenBatch {
  const packed = lengths && [lengths.flatMap((length, i) => Array<number>(length).fill(i + 1))]
  return {
    ids: rowsOf(ids),
    positions: rowsOf(positions ?? ids.map((row) => row.map((_, i) => i))),
    segments: rowsOf(attentionMask ?? packed ?? ids.map((row) => row.map(() => 1))),
  }
}

/**
 * Of the greatest logit: f32 sums of up to 172 products, in another order than PyTorch's, through up to five layers. What is
 * seen is about 1e-6.
 */
const tolerance = 5e-6

describe.each(['llama', 'llama-biased', 'mistral', 'qwen2', 'qwen3', 'gpt2', 'stories260K'])(
  '%s',
  (model) => {
    const own = cases.filter((each) => each.model === model)

    it.each(own)('$name: logits are those of transformers', async (each) => {
      const { config, weights } = await goldenModel(model, each.configOverrides)
      const length = each.ids[0]!.length
      const at = Tensor.fromData(
        Int32Array.from(each.rows, ({ at: [row, column] }) => row * length + column),
        [each.rows.length],
      )
      const targets = Tensor.fromData(
        Int32Array.from(each.rows, ({ tokens }) => tokens?.[0] ?? 0),
        [each.rows.length],
      )
      const run = jit((batch: TokenBatch) => {
        const { hidden } = forward(config, { weights }, batch)
        const states = take(reshape(hidden, [-1, config.hiddenSize]), at)
        const logits = logitsOf(config, weights, states)
        return { logits, logProbs: targetLogProbs(config, weights, states, logits, targets) }
      })
      const { logits, logProbs } = await run(batchOf(each))
      await run.release()
      each.rows.forEach((row, i) => {
        const found = logits.data.subarray(i * config.vocabSize, (i + 1) * config.vocabSize)
        const scale = Math.max(...row.logits.map(Math.abs))
        const departure = row.logits.map((logit, k) => Math.abs(found[row.tokens?.[k] ?? k]! - logit) / scale)
        expect(Math.max(...departure), `logits at ${row.at}`).toBeLessThan(tolerance)
        expect(Math.abs(logProbs.data[i]! - (row.logits[0]! - row.logsumexp)) / scale).toBeLessThan(tolerance)
      })
    })
  },
)

it('every golden is compared', () => {
  expect(new Set(cases.map(({ model }) => model)).size).toBe(7)
})

describe('dynamic scaling of RoPE', () => {
  const {
    model: name,
    configOverrides,
    ids,
    rows,
  } = cases.find((each) => each.name === 'rope dynamic, beyond')!
  const last = rows.at(-1)!

  it.each([undefined, 8])(
    'is reached by what runs a model, with an original context of %s or none',
    async (original) => {
      const parameters = configOverrides!.rope_parameters as object
      const extended = { ...parameters, ...(original ? { original_max_position_embeddings: original } : {}) }
      const { config, weights } = await goldenModel(name, { ...configOverrides, rope_parameters: extended })
      expect(config.maxPositionEmbeddings).toBeLessThan(ids[0]!.length)
      expect(contextLength(config)).toBe(3 * config.maxPositionEmbeddings)
      const model = createLanguageModel(config, weights)
      const [logProbs] = await nextTokenLogProbs(model, [ids[0]!])
      const scale = Math.max(...last.logits.map(Math.abs))
      const departures = last.logits.map(
        (logit, i) => Math.abs(logProbs![i]! - (logit - last.logsumexp)) / scale,
      )
      expect(Math.max(...departures)).toBeLessThan(tolerance)
      const [{ tokens }] = (await generate(model, [ids[0]!], { stopTokenIds: [] })) as [GeneratedSequence]
      expect(tokens.length).toBe(contextLength(config) - ids[0]!.length)
      await model.release()
    },
  )
})

describe('entropyOf', () => {
  // An even distribution, one of 1 in 1e9, three of four alike, and one token alone, of whatever size logits are.
  const far = Math.log(1e9)
  const rows = [
    [7, 7, 7, 7],
    [far, 0, -1e4, -1e4],
    [1e3, 1e3, -1e3, 1e3],
    [-1e4, 1e4, -1e4, -1e4],
  ]
  const plain = [Math.log(4), Math.log1p(1e-9) + (far * 1e-9) / (1 + 1e-9), Math.log(3), 0]

  // Either sum is rounded beside 1, and the result once more.
  it.each([
    ['f32', Float32Array, 2 ** -24],
    ['f64', Float64Array, 2 ** -53],
  ] as const)('is −Σ p ln p in %s to a rounding of 1', (_, Numbers, rounding) => {
    const { data } = entropyOf(Tensor.fromData(Numbers.from(rows.flat()), [4, 4]))
    plain.forEach((each, i) => {
      expect(Math.abs(data[i]! - each), `row ${i}`).toBeLessThanOrEqual(4 * rounding * Math.max(1, each))
    })
  })
})

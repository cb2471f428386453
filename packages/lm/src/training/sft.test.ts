import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { warmupCosine } from '@prefkit/nn'
import { neg } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTrainingState, saveTrainingState } from '../files/training-states'
import { LmError } from '../lm-error'
import type { Weights } from '../models/weights'
import { completionDatum } from './datum'
import { type SftOptions, type SftProgress, type SftRecord, type SftState, sft } from './sft'
import { dataOf, goldenModel, goldenTraining } from './testing/golden-runs'

const { batches } = goldenTraining()
const data = [...dataOf(batches.llama![0]!), ...dataOf(batches.llama![1]!)]

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-sft-'))
})
afterAll(() => rm(folder, { recursive: true }))

const numbers = (weights: Weights) =>
  Object.fromEntries(Object.entries(weights).map(([name, { data: values }]) => [name, [...values]]))

interface Outcome {
  readonly records: SftRecord[]
  readonly states: SftState[]
  readonly trained: Record<string, number[]>
}

async function train(options: SftOptions, name = 'llama'): Promise<Outcome> {
  const { config, weights } = await goldenModel(name)
  const steps = sft(config, weights, data, options)
  const records: SftRecord[] = []
  const states: SftState[] = []
  for (;;) {
    const next = await steps.next()
    if (next.done) return { records, states, trained: numbers(next.value) }
    records.push(next.value.record)
    expect(next.value.tokensPerSecond).toBeGreaterThan(0)
    states.push(await next.value.state())
  }
}

const learningRate = warmupCosine({ peak: 5e-3, warmupSteps: 2, totalSteps: 9 })

describe.each<[string, SftOptions]>([
  ['all weights', { epochs: 3, batchSize: 2, learningRate, seed: 1 }],
  ['all weights, row by row', { epochs: 3, batchSize: 2, learningRate, seed: 1, microBatchTokens: 11 }],
  [
    'a change with dropout',
    { epochs: 3, batchSize: 2, learningRate, seed: 2, lora: { rank: 2, dropout: 0.2 } },
  ],
])('%s', (name, options) => {
  it('learns, and goes on from a file as if it had never stopped', async () => {
    const whole = await train(options)
    expect(whole.records).toHaveLength(9)
    const tokens = data.reduce((sum, datum) => sum + datum.tokens.length, 0)
    expect(whole.records.at(-1)).toMatchObject({ step: 9, epoch: 3, num_tokens: 3 * tokens })
    expect(whole.records.map((record) => record.learning_rate)).toEqual(
      Array.from({ length: 9 }, (_, step) => learningRate(step)),
    )
    const mean = (from: number) =>
      whole.records.slice(from, from + 3).reduce((sum, { loss }) => sum + loss, 0) / 3
    expect(mean(6)).toBeLessThan(mean(0))
    for (const stop of [1, 3, 7]) {
      const path = join(folder, `${name}-${stop}`)
      await saveTrainingState(path, whole.states[stop - 1]!)
      const resume = await loadTrainingState<SftState>(path)
      const rest = await train({ ...options, resume })
      expect(rest.records).toEqual(whole.records.slice(stop))
      expect(rest.trained).toEqual(whole.trained)
    }
  })
})

describe('sft', () => {
  it('depends on the seed, and leaves the weights it is given as they are', async () => {
    const { config, weights } = await goldenModel('llama')
    const before = numbers(weights)
    const steps = sft(config, weights, data, { learningRate: 0.1 })
    while (!(await steps.next()).done);
    expect(numbers(weights)).toEqual(before)
    const lora = { rank: 2, dropout: 0.5 }
    const [one, again, other] = [
      await train({ lora, learningRate: 0.01 }),
      await train({ lora, learningRate: 0.01 }),
      await train({ lora, learningRate: 0.01, seed: 1 }),
    ]
    expect(again.trained).toEqual(one.trained)
    expect(other.trained).not.toEqual(one.trained)
  })

  it('keeps the front of what is too long', async () => {
    const cut = await train({ maxLength: 7, learningRate: 1e-3, shuffle: false, groupByLength: false })
    const kept = data.reduce((sum, { tokens }) => sum + Math.min(7, tokens.length), 0)
    expect(cut.records[0]!.num_tokens).toBe(kept)
  })

  it('lets norms and biases be, unless all are to decay', async () => {
    const { config, weights } = await goldenModel('gpt2')
    const after = async (decayed: SftOptions['decayed']) => {
      const options = {
        weightDecay: 100,
        learningRate: 5e-3,
        batchSize: 100,
        ...(decayed ? { decayed } : {}),
      }
      const steps = sft(config, weights, data, options)
      for (;;) {
        const { done, value } = await steps.next()
        if (done) return value
      }
    }
    const [plain, all] = [await after(undefined), await after('all')]
    for (const [name, { data: values, rank }] of Object.entries(weights)) {
      // One step of Adam moves a weight by no more than 0.005; the decay halves it.
      const far = (moved: Weights) =>
        Math.max(...Array.from(values, (value, i) => Math.abs(moved[name]!.data[i]! - value / 2)))
      expect(far(all), name).toBeLessThan(5.1e-3)
      if (rank! >= 2) expect(far(plain), name).toBeLessThan(5.1e-3)
      const kept = Array.from(values, (value, i) => Math.abs(plain[name]!.data[i]! - value))
      if (rank === 1) expect(Math.max(...kept), name).toBeLessThan(5.1e-3)
    }
  })

  it('gives no state of a step that is gone, and waits for one that is asked for', async () => {
    const { config, weights } = await goldenModel('llama')
    const steps = sft(config, weights, data, { learningRate: 1e-2, batchSize: 2 })
    const first = (await steps.next()).value as SftProgress
    // Not awaited before the next step is asked for.
    const [early, then] = await Promise.all([first.state(), steps.next()])
    const second = then.value as SftProgress
    expect(second.record.step).toBe(2)
    const { states } = await train({ learningRate: 1e-2, batchSize: 2 })
    expect(early.step).toBe(1)
    expect(numbers(early.trained)).toEqual(numbers(states[0]!.trained))
    await expect(first.state()).rejects.toThrow(/state: step 2 has begun, and the weights of step 1 are gone/)
    expect((await second.state()).step).toBe(2)
    await steps.return({})
  })

  it('takes as many data as there are', async () => {
    const { config, weights } = await goldenModel('llama')
    const many = Array.from({ length: 150_000 }, () => completionDatum([1], [2]))
    const steps = sft(config, weights, many, { batchSize: 2 })
    const { value } = await steps.next()
    expect((value as SftProgress).totalSteps).toBe(75_000)
    await steps.return({})
  })

  it('refuses what is too long for a part before it computes anything', async () => {
    const { config, weights } = await goldenModel('llama')
    const short = Array.from({ length: 8 }, () => completionDatum([1], [2]))
    const long = completionDatum([1], [2, 3, 4, 5, 6, 7, 8])
    const options = { microBatchTokens: 4, batchSize: 1, shuffle: false }
    const steps = sft(config, weights, [...short, long], options)
    await expect(steps.next()).rejects.toThrow(/expected ≥ 8, as the longest row has 8 tokens, got 4/)
  })

  const refusals: [string, SftOptions, RegExp][] = [
    ['INVALID_OPTION', { epochs: 0 }, /sft: epochs: expected a whole number ≥ 1, got 0/],
    ['INVALID_OPTION', { batchSize: 1.5 }, /batchSize: expected a whole number ≥ 1, got 1.5/],
    ['INVALID_OPTION', { learningRate: -1 }, /learningRate: expected a number > 0, got -1/],
    ['INVALID_OPTION', { maxGradNorm: 0 }, /maxGradNorm/],
    ['INVALID_OPTION', { weightDecay: -1 }, /weightDecay/],
    ['INVALID_OPTION', { seed: -1 }, /seed/],
    ['INVALID_OPTION', { decayed: 'some' as 'all' }, /decayed: expected "matrices" or "all", got "some"/],
    ['INVALID_OPTION', { learningRate: () => Number.NaN }, /learningRate\(0\): expected a finite number ≥ 0/],
    [
      'INVALID_OPTION',
      { microBatchTokens: 5 },
      /microBatchTokens: expected ≥ 11, as the longest row has 11 tokens, got 5/,
    ],
    ['INVALID_OPTION', { learningrate: 1 } as SftOptions, /learningrate/],
    ['EMPTY_INPUT', { maxLength: 2 }, /data\[0\]: completionMask: expected at least one target/],
  ]
  it.each(refusals)('refuses options as %s: %j', async (code, options, message) => {
    const refused = train(options)
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toMatchObject({ code })
  })

  it('refuses weights that are not the model’s, a change of another rank, and a loss that is not finite', async () => {
    const { config, weights } = await goldenModel('llama')
    const first = (given: Weights, options: SftOptions = {}) => sft(config, given, data, options).next()
    const { 'model.norm.weight': norm, ...others } = weights
    await expect(first(others)).rejects.toMatchObject({ code: 'MISSING_TENSOR' })
    const embeddings = { ...weights, 'model.norm.weight': weights['model.embed_tokens.weight']! }
    await expect(first(embeddings)).rejects.toMatchObject({ code: 'TENSOR_MISMATCH' })
    const initial = { 'model.layers.0.self_attn.q_proj.lora_A.weight': norm! }
    await expect(first(weights, { lora: { rank: 2 }, initial })).rejects.toMatchObject({
      code: 'TENSOR_MISMATCH',
    })
    const steps = sft(config, weights, data, { learningRate: 1e30, epochs: 3 })
    const all = async () => {
      while (!(await steps.next()).done);
    }
    await expect(all()).rejects.toMatchObject({ code: 'DIVERGED' })
  })

  it('refuses a state of other data, or that is none', async () => {
    const { states } = await train({ learningRate: 1e-3 })
    const path = join(folder, 'state')
    await saveTrainingState(path, states[0]!)
    const resume = await loadTrainingState<SftState>(path)
    await expect(train({ learningRate: 1e-4, resume })).rejects.toThrow(
      /resume: model, data or options differ/,
    )
    const { config, weights } = await goldenModel('llama')
    const lora = { rank: 2 }
    const change = await train({ lora })
    const given = (changed: SftOptions['lora'], base: Weights) =>
      sft(config, base, data, { lora: changed!, resume: change.states[0]! }).next()
    // Two steps of a training of one: only what is the same gets as far as its end.
    expect((await given({ ...lora, alpha: 8 }, weights)).done).toBe(true)
    const negated = Object.fromEntries(Object.entries(weights).map(([name, x]) => [name, neg(x)]))
    await expect(given(lora, negated)).rejects.toThrow(/resume: model, data or options differ/)
    const other = sft(config, weights, [completionDatum([1], [2])], { learningRate: 1e-3, resume })
    await expect(other.next()).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    // As a kill between the two renames of replacing it leaves it.
    await rename(path, `${path}.0123abcd.old`)
    expect((await loadTrainingState(path)).step).toBe(resume.step)
    await rename(`${path}.0123abcd.old`, path)
    const counters = join(path, 'state.json')
    const json = JSON.parse(await readFile(counters, 'utf8'))
    const rewrite = (change: object) => writeFile(counters, JSON.stringify({ ...json, ...change }))
    await rewrite({ version: 2 })
    await expect(loadTrainingState(path)).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION' })
    await rewrite({ format: 'other' })
    await expect(loadTrainingState(path)).rejects.toMatchObject({ code: 'INVALID_FILE' })
    await rewrite({ step: -1 })
    await expect(loadTrainingState(path)).rejects.toThrow(/step: expected a whole number ≥ 0, got -1/)
    await expect(loadTrainingState(join(folder, 'none'))).rejects.toMatchObject({ code: 'MISSING_FILE' })
    expect(LmError.isInstance(await loadTrainingState(path).catch((error) => error))).toBe(true)
  })
})

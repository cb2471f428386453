import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { full, randomKey, Tensor } from '@prefkit/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { generate } from '../generation/generate'
import { goldenModel } from '../goldens/golden-model'
import { initLora } from '../lora/init-lora'
import { lowRankOf } from '../lora/low-rank-of'
import { completionLogProbs } from '../scoring/completion-log-probs'
import type { KeyValueCache } from './key-value-cache'
import { createLanguageModel, type LanguageModel, logProbOf, type RunRequest } from './language-model'
import { runInPasses } from './run-in-passes'
import { packRows, padRows, type TokenRows } from './token-rows'

const sequences = [[3, 9, 27, 14, 5, 16, 8, 2, 30, 11, 6, 19], [7, 21, 4], [30, 4, 19, 11, 12, 25, 7], [18]]

/** One token of a sequence after another. */
const oneToken = (id: number, position: number): TokenRows => ({
  rows: 1,
  length: 1,
  ids: Int32Array.of(id),
  positions: Int32Array.of(position),
  segments: Int32Array.of(1),
})

// The windows of mistral and qwen2 are 16 and 8 tokens, so the longer sequence below is more than both.
const long = Array.from({ length: 30 }, (_, i) => (i * 7 + 3) % 32)

describe.each(['llama', 'llama-biased', 'mistral', 'qwen2', 'qwen3', 'gpt2'])('%s', (name) => {
  let model: LanguageModel
  /** Of the last token of each sequence, by itself. */
  let alone: Float32Array[]
  beforeAll(async () => {
    const { config, weights } = await goldenModel(name)
    model = createLanguageModel(config, weights, { name })
    alone = []
    for (const ids of sequences) {
      alone.push((await model.run({ batch: padRows([ids]), at: [ids.length - 1] })).logits)
    }
  })

  /** f32 sums in another order: 1e-5, where logits are up to 8. */
  const expectSame = (found: Float32Array, expected: Float32Array) => {
    found.forEach((logit, i) => {
      expect(Math.abs(logit - expected[i]!)).toBeLessThan(1e-5)
    })
  }
  const rowOf = (logits: Float32Array, row: number) => logits.subarray(row * 32, (row + 1) * 32)

  it.each(['left', 'right'] as const)('padded on the %s, a sequence is as if alone', async (side) => {
    const batch = padRows(sequences, { side, length: 14 })
    const at = sequences.map(({ length }, row) => row * 14 + (side === 'left' ? 13 : length - 1))
    const { logits } = await model.run({ batch, at })
    alone.forEach((each, row) => {
      expectSame(rowOf(logits, row), each)
    })
  })

  it('packed into a row with others, a sequence is as if alone', async () => {
    const batch = packRows(sequences, 13)
    expect(batch.rows).toBe(2)
    const at = sequences.map(({ length }, i) => batch.starts[i]! + length - 1)
    const { logits } = await model.run({ batch, at })
    alone.forEach((each, i) => {
      expectSame(rowOf(logits, i), each)
    })
  })

  it('token by token on a cache, a sequence is as in one pass, beyond a block of the cache and a window', async () => {
    const at = [...long.keys()]
    const whole = await model.run({ batch: padRows([long]), at })
    const cache = model.createCache(1)
    for (const [i, id] of long.entries()) {
      const { logits } = await model.run({ batch: oneToken(id, i), cache, at: [0] })
      expectSame(logits, rowOf(whole.logits, i))
    }
    expect(cache.length).toBe(long.length)
  })

  it('in passes, with or without a cache, a batch is as in one', async () => {
    const batch = padRows([long, ...sequences], { side: 'left' })
    const at = [29, 3, 2 * 30 - 1, 4 * 30 - 1, 17, 5 * 30 - 1]
    const targets = [1, 2, 3, 4, 5, 6]
    const request: RunRequest = { batch, at, targets, logitsOf: 2 }
    const whole = await model.run(request)
    for (const cache of [undefined, model.createCache(5)]) {
      const parts = await runInPasses(model, { ...request, ...(cache ? { cache } : {}) }, { passTokens: 35 })
      expect(parts.logits.length).toBe(2 * 32)
      expectSame(parts.logits, whole.logits)
      expectSame(parts.logProbs, whole.logProbs)
      expectSame(parts.logNormalizers.max, whole.logNormalizers.max)
      expectSame(parts.logNormalizers.spread, whole.logNormalizers.spread)
    }
  })

  it('rows of a cache are selected, several times and in any order', async () => {
    const cache = model.createCache(2)
    await model.run({ batch: padRows(sequences.slice(1, 3), { side: 'left' }), cache, at: [0] })
    const next = {
      ids: Int32Array.of(5, 5, 9),
      positions: Int32Array.of(7, 3, 7),
      segments: Int32Array.of(1, 1, 1),
    }
    const batch = { rows: 3, length: 1, ...next }
    const { logits } = await model.run({ batch, cache: cache.select([1, 0, 1]), at: [0, 1, 2] })
    const longer = [
      [...sequences[2]!, 5],
      [...sequences[1]!, 5],
      [...sequences[2]!, 9],
    ]
    for (const [row, ids] of longer.entries()) {
      const expected = await model.run({ batch: padRows([ids]), at: [ids.length - 1] })
      expectSame(rowOf(logits, row), expected.logits)
    }
    expect(cache.length).toBe(7)
  })

  it('log-probabilities of targets are their logits less the normalizer', async () => {
    const { logits, logProbs, logNormalizers } = await model.run({
      batch: padRows([sequences[0]!]),
      at: [2, 11],
      targets: [4, 31],
    })
    const found = [4, 31].map((id, row) => logProbOf(rowOf(logits, row)[id]!, logNormalizers, row))
    expectSame(logProbs, Float32Array.from(found))
    const own = rowOf(logits, 0)
    const sum = own.reduce((total, logit) => total + Math.exp(logProbOf(logit, logNormalizers, 0)), 0)
    expect(sum).toBeCloseTo(1, 5)
  })
})

describe('a cache far longer than a block', () => {
  it('is as one pass', async () => {
    const { config, weights } = await goldenModel('stories260K')
    const model = createLanguageModel(config, weights)
    const ids = Array.from({ length: 200 }, (_, i) => (i * 37 + 11) % 512)
    const whole = await model.run({ batch: padRows([ids]), at: [199] })
    const parts = await runInPasses(model, { batch: padRows([ids]), at: [199] }, { passTokens: 9 })
    // 1e-6 of logits, which here are up to 20.
    parts.logits.forEach((logit, i) => {
      expect(Math.abs(logit - whole.logits[i]!)).toBeLessThan(3e-5)
    })
  })
})

describe('requests', () => {
  let model: LanguageModel
  beforeAll(async () => {
    const { config, weights } = await goldenModel('llama')
    model = createLanguageModel(config, weights, { name: 'tiny' })
  })
  const batch = padRows([[1, 2, 3]])

  it.each([
    ['no tokens', { batch: padRows([]), at: [0] }, 'EMPTY_INPUT', 'batch'],
    ['nothing asked', { batch, at: [] }, 'EMPTY_INPUT', 'at'],
    ['a token that is none', { batch: padRows([[1, 32]]), at: [0] }, 'UNKNOWN_TOKEN', '31'],
    ['a target that is none', { batch, at: [0], targets: [-1] }, 'UNKNOWN_TOKEN', '-1'],
    ['a place outside', { batch, at: [3] }, 'INVALID_OPTION', 'at'],
    ['a place between two', { batch, at: [0.5] }, 'INVALID_OPTION', '0.5'],
    ['logits of none', { batch, at: [0], logitsOf: 0 }, 'INVALID_OPTION', 'logitsOf'],
    ['logits of more than is asked', { batch, at: [0], logitsOf: 2 }, 'INVALID_OPTION', 'logitsOf'],
    ['fewer targets than places', { batch, at: [0, 1], targets: [1] }, 'INVALID_OPTION', 'targets'],
    ['more than the context', { batch: padRows([Array(65).fill(1)]), at: [0] }, 'CONTEXT_TOO_LONG', '64'],
  ])('%s is refused, by name', async (_, request, code, named) => {
    const message = expect.stringContaining(named)
    await expect(model.run(request)).rejects.toMatchObject({ code, message })
    await expect(model.run(request)).rejects.toThrow(/^tiny: /)
  })

  it('a cache of other rows is refused', async () => {
    const request = { batch, at: [0], cache: model.createCache(2) }
    await expect(model.run(request)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  })
})

describe('padded and packed rows', () => {
  it('have padding that no token sees', () => {
    expect(padRows([[5, 6], [7]], { side: 'left', length: 3 })).toEqual({
      rows: 2,
      length: 3,
      ids: Int32Array.of(0, 5, 6, 0, 0, 7),
      positions: Int32Array.of(0, 0, 1, 0, 0, 0),
      segments: Int32Array.of(0, 1, 1, 0, 0, 1),
    })
  })

  it('refuse what is no token id, and what is longer than a row', () => {
    const refused = (code: string) => expect.objectContaining({ code })
    expect(() => padRows([[1], [1.5]])).toThrow(refused('UNKNOWN_TOKEN'))
    expect(() => packRows([[2 ** 31]], 4)).toThrow(refused('UNKNOWN_TOKEN'))
    expect(() => padRows([[1, 2]], { length: 1 })).toThrow(refused('INVALID_OPTION'))
    expect(() => packRows([[1, 2]], 1)).toThrow(refused('INVALID_OPTION'))
    // More of them than a function takes arguments.
    expect(padRows(Array(200_000).fill([1])).rows).toBe(200_000)
  })

  it('are filled first with the longest, each where there is room first', () => {
    const packed = packRows([[1], [2, 2, 2], [3, 3]], 4)
    expect(packed.starts).toEqual([3, 0, 4])
    expect([...packed.ids]).toEqual([2, 2, 2, 1, 3, 3, 0, 0])
    expect([...packed.segments]).toEqual([1, 1, 1, 2, 1, 1, 0, 0])
    expect([...packed.positions]).toEqual([0, 1, 2, 0, 0, 1, 0, 0])
  })
})

describe('parameters that change', () => {
  const prompt = [1, 5, 9, 2]
  const settings = { temperature: 0, maxNewTokens: 20, stopTokenIds: [] }
  const embeddings = 'model.embed_tokens.weight'

  /** The golden model with all parameters variable, and other embeddings for it. */
  async function changeable() {
    const { config, weights } = await goldenModel('llama')
    const model = createLanguageModel(config, weights, { name: 'tiny', variables: 'all' })
    const { dims, data } = weights[embeddings]!
    const reversed = Tensor.fromData(Float32Array.from(data as Float32Array).reverse(), dims)
    return { model, config, weights, other: { [embeddings]: reversed } }
  }

  it('leave a continuation that has begun, scores and snapshots as they are', async () => {
    const { model, other } = await changeable()
    const items = Array.from({ length: 4 }, () => ({ prompt, completion: [3, 4, 5] }))
    const [[before], scores] = [
      await generate(model, [prompt], settings),
      await completionLogProbs(model, items),
    ]
    const { weights } = model
    const snapshot = model.snapshot()
    let steps = 0
    const [during] = await generate(model, [prompt], {
      ...settings,
      progress: () => {
        if (++steps === 5) model.update({ weights: other })
      },
    })
    expect([...during!.tokens]).toEqual([...before!.tokens])
    const [after] = await generate(model, [prompt], settings)
    expect([...after!.tokens]).not.toEqual([...before!.tokens])
    const request = { batch: padRows([prompt]), at: [3] }
    expect((await model.run({ ...request, snapshot })).logits).not.toEqual((await model.run(request)).logits)

    model.update({ weights })
    const mixed = await completionLogProbs(model, items, {
      passTokens: 6,
      progress: () => model.update({ weights: other }),
    })
    mixed.forEach((each, i) => {
      each.forEach((p, k) => {
        // f32 sums in another order.
        expect(Math.abs(p - scores[i]![k]!)).toBeLessThan(1e-5)
      })
    })
    await model.release()
  })

  it('of another model are refused', async () => {
    const { model } = await changeable()
    const snapshot = { variables: {}, lowRank: undefined }
    await expect(model.run({ batch: padRows([prompt]), at: [3], snapshot })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('snapshot'),
    })
  })

  it('of another form keep two graphs at most, and each answers as one that was created with it', async () => {
    const { config, weights } = await goldenModel('llama')
    const model = createLanguageModel(config, weights, { name: 'tiny' })
    const request = { batch: padRows([prompt]), at: [3] }
    const changes = [undefined, 1, 2, 3, undefined].map((rank) => {
      if (rank === undefined) return undefined
      const lora = { rank, alpha: 4, targetModules: ['q_proj'] }
      const drawn = initLora(config, lora, randomKey(rank))
      // What is drawn changes nothing yet: one of the factors is 0.
      const changed = Object.entries(drawn).map(([name, { dims }]) => [name, full(dims, 0.1)] as const)
      return lowRankOf(lora, Object.fromEntries(changed))
    })
    for (const lowRank of changes) {
      model.update({ lowRank })
      const { logits } = await model.run(request)
      const fresh = createLanguageModel(config, weights, lowRank ? { lowRank } : {})
      expect(logits).toEqual((await fresh.run(request)).logits)
      await fresh.release()
      expect((await model.compilations()).length).toBeLessThanOrEqual(2)
    }
    // Beside one another none waits for, or fails by, what another frees.
    const all = changes.map((lowRank) => {
      model.update({ lowRank })
      return model.run(request)
    })
    const found = await Promise.all(all)
    expect(found[0]!.logits).toEqual(found[4]!.logits)
    expect(found[1]!.logits).not.toEqual(found[0]!.logits)
    expect((await model.compilations()).length).toBeLessThanOrEqual(2)
    await model.release()
  })

  it('are refused after release, which waits for what runs', async () => {
    const { model } = await changeable()
    const request = { batch: padRows([prompt]), at: [3] }
    const running = model.run(request)
    await model.release()
    expect((await running).logits.length).toBe(32)
    await expect(model.run(request)).rejects.toMatchObject({ code: 'RELEASED' })
    expect(await model.compilations()).toEqual([])

    const { model: other } = await changeable()
    let released: Promise<void> | undefined
    const stopped = generate(other, [prompt], {
      ...settings,
      progress: () => {
        released ??= other.release()
      },
    })
    await expect(stopped).rejects.toMatchObject({
      code: 'RELEASED',
      message: expect.stringMatching(/^tiny: /),
    })
    await released
    expect(await other.compilations()).toEqual([])
  })
})

describe('a cache', () => {
  let model: LanguageModel
  beforeAll(async () => {
    const { config, weights } = await goldenModel('llama', { max_position_embeddings: 8192 })
    model = createLanguageModel(config, weights, { name: 'tiny' })
  })
  const refusal = (named: RegExp) => ({ code: 'INVALID_OPTION', message: expect.stringMatching(named) })

  it('is read by one pass at a time', async () => {
    const cache = model.createCache(1)
    const request = { batch: padRows([[1, 2]]), at: [0], cache }
    const first = model.run(request)
    await expect(model.run(request)).rejects.toMatchObject(refusal(/^tiny: cache: .*no other pass/))
    await first
    expect(cache.length).toBe(2)
    const second = await model.run({ ...request, batch: padRows([[3]], { firstPosition: 2 }) })
    const whole = await model.run({ batch: padRows([[1, 2, 3]]), at: [2] })
    second.logits.forEach((logit, i) => {
      expect(Math.abs(logit - whole.logits[i]!)).toBeLessThan(1e-5)
    })
  })

  it('takes tokens that come after those of their segment only', async () => {
    const cache = model.createCache(2)
    await model.run({ batch: padRows([[1, 2], [3]]), at: [0], cache })
    const run = (first: number) =>
      model.run({ batch: padRows([[4], [4]], { firstPosition: first }), at: [0], cache })
    await expect(run(0)).rejects.toMatchObject(refusal(/^tiny: batch.positions: row 0: .*after 1.*got 0/))
    await expect(run(1)).rejects.toMatchObject(refusal(/row 0/))
    expect(cache.length).toBe(2)
    await run(2)
    const backwards = { ...padRows([[5, 6]]), positions: Int32Array.of(1, 0) }
    await expect(runInPasses(model, { batch: backwards, at: [0] }, { passTokens: 1 })).rejects.toMatchObject(
      refusal(/positions/),
    )
  })

  it('has the rows that it has', async () => {
    const cache = model.createCache(2)
    for (const rows of [[2], [-1], [0.5], []]) {
      expect(() => cache.select(rows)).toThrow(expect.objectContaining(refusal(/^cache: rows/)))
      expect(() => cache.keep(rows)).toThrow(expect.objectContaining(refusal(/^cache: rows/)))
    }
  })

  it('that some rows have left is a copy of the others', async () => {
    const cache = model.createCache(2)
    await model.run({ batch: padRows(sequences.slice(0, 2), { side: 'left' }), cache, at: [0] })
    const copy = cache.select([1])
    cache.keep([1])
    expect(cache.rows).toBe(1)
    const next = { batch: padRows([[5]], { firstPosition: 3 }), at: [0] }
    const kept = await model.run({ ...next, cache })
    expect(kept.logits).toEqual((await model.run({ ...next, cache: copy })).logits)
  })

  it('makes passes shorter the longer it is, so that their scores are bounded, with the same outcome', async () => {
    const ids = Array.from({ length: 5000 }, (_, i) => 3 + ((i * i) % 29))
    const scores: number[] = []
    const run = (request: RunRequest) => {
      const { rows, length } = request.batch
      scores.push(rows * length * ((request.cache?.length ?? 0) + length))
      return model.run(request)
    }
    const request = { batch: padRows([ids]), at: [4999] }
    const found = await runInPasses({ ...model, run }, request, { passTokens: 256 })
    expect(Math.max(...scores)).toBeLessThanOrEqual(256 * 1024)
    expect(scores.length).toBeGreaterThan(20)
    const wide = await runInPasses(model, request, { passTokens: 2500 })
    found.logits.forEach((logit, i) => {
      // Sums over 5,000 tokens, in another order.
      expect(Math.abs(logit - wide.logits[i]!)).toBeLessThan(3e-5)
    })
  })

  it('is left to its rows by continuations that end', async () => {
    const { config, weights } = await goldenModel('llama')
    const short = createLanguageModel(config, weights)
    const caches: KeyValueCache[] = []
    const createCache = (rows: number) => {
      const cache = short.createCache(rows)
      caches.push(cache)
      return cache
    }
    // The longest prompts, which leave the least room, end first.
    const prompts = [62, 61, 1].map((length) => Array.from({ length }, () => 3))
    const settings = { temperature: 0, stopTokenIds: [], maxNewTokens: 5 }
    await generate({ ...short, createCache }, prompts, settings)
    expect(caches.map(({ rows }) => rows)).toEqual([1])
  })
})

it('weights that a model began with are freed when others take their place', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void // what the flag makes global
  const { config, weights } = await goldenModel('llama')
  const copied = () =>
    Object.fromEntries(
      Object.entries(weights).map(([name, { data, dims }]) => {
        return [name, Tensor.fromData(Float32Array.from(data as Float32Array), dims)] as const
      }),
    )
  const begin = () => {
    const first = copied()
    const model = createLanguageModel(config, first, { variables: 'all', backend: 'reference' })
    return { model, first: new WeakRef(first['model.norm.weight']!) }
  }
  const { model, first } = begin()
  model.update({ weights: copied() })
  // A reference that was looked at lives until the task ends.
  for (let i = 0; i < 50 && first.deref(); i++) {
    await new Promise((resolve) => setTimeout(resolve))
    collectGarbage()
  }
  expect(first.deref()).toBeUndefined()
  expect(model.weights['model.norm.weight']).toBeDefined()
})

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadLanguageModel } from '../files/load-language-model'
import { goldenModelPath } from '../goldens/golden-model'
import type { RunRequest } from '../running/language-model'
import type { LoadedLanguageModel } from '../running/loaded-language-model'
import { padRows } from '../running/token-rows'
import type { Tokenizer } from '../tokenizer/tokenizer'
import { completionLogProbs } from './completion-log-probs'
import { continuationLogProbs } from './continuation-log-probs'
import { nextTokenLogProbs, nextTokenProbabilities } from './next-token'
import { batchesByLength, splitBy } from './scoring-options'
import { tokenVariants } from './token-variants'

let model: LoadedLanguageModel
beforeAll(async () => {
  model = await loadLanguageModel(goldenModelPath('stories260K'))
})

/** The model with a record of how many rows and columns it has run. */
function watched() {
  const passes: { rows: number; length: number }[] = []
  const run = (request: RunRequest) => {
    passes.push({ rows: request.batch.rows, length: request.batch.length })
    return model.run(request)
  }
  return { passes, watching: { ...model, run } }
}

const encode = (text: string) => model.tokenizer!.encode(text)
const tail = (text: string) => model.tokenizer!.encode(text, { addSpecialTokens: false })

/** ln p of every token after some, one sequence alone and in f64 from there: the oracle. */
async function distribution(ids: readonly number[]): Promise<number[]> {
  const { logits } = await model.run({ batch: padRows([ids]), at: [ids.length - 1] })
  const best = Math.max(...logits)
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - best), 0)
  return Array.from(logits, (logit) => logit - best - Math.log(total))
}

async function expected(prompt: readonly number[], completion: readonly number[]): Promise<number[]> {
  const found: number[] = []
  for (const [i, id] of completion.entries()) {
    found.push((await distribution([...prompt, ...completion.slice(0, i)]))[id]!)
  }
  return found
}

/** Sums of f32 in other orders: 1e-6 of logits, which here are up to 20. */
const tolerance = 3e-5

function expectClose(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length)
  wanted.forEach((each, i) => {
    expect(Math.abs(found[i]! - each)).toBeLessThan(tolerance)
  })
}

const story = 'Once upon a time, there was a little girl named Lily. She loved to play outside in the park.'
const texts = ['She loved to play outside.', 'It was', '', 'They went to the park and saw a big dog.', 'The']

describe('completions', () => {
  it('of mixed lengths are scored as each alone, in the order they were given', async () => {
    const items = texts.map((text, i) => ({
      prompt: encode(story.slice(0, 10 * (i + 1))),
      completion: tail(text),
    }))
    const found = await completionLogProbs(model, items)
    for (const [i, { prompt, completion }] of items.entries()) {
      expectClose(found[i]!, await expected(prompt, completion))
    }
  })

  it('are the same in passes of whatever size, none of more tokens than it says', async () => {
    const items = texts.map((text) => ({ prompt: encode(story), completion: tail(text) }))
    const whole = await completionLogProbs(model, items)
    for (const passTokens of [1, 7, 60]) {
      const { passes, watching } = watched()
      const told: number[] = []
      const options = { passTokens, progress: (done: number) => told.push(done) }
      const parts = await completionLogProbs(watching, items, options)
      parts.forEach((part, i) => {
        expectClose(part, [...whole[i]!])
      })
      expect(Math.max(...passes.map(({ rows, length }) => rows * length))).toBeLessThanOrEqual(passTokens)
      expect(told.at(-1)).toBe(items.length)
    }
  })

  it('may be none', async () => {
    expect(await completionLogProbs(model, [])).toEqual([])
  })

  it('refuses prompts without tokens, what is too long, and passes without tokens', async () => {
    const scored = (prompt: number[], completion: number[], options = {}) =>
      completionLogProbs(model, [{ prompt, completion }], options)
    await expect(scored([], [3])).rejects.toMatchObject({ code: 'EMPTY_INPUT' })
    await expect(scored(Array(500).fill(3), Array(13).fill(3))).rejects.toMatchObject({
      code: 'CONTEXT_TOO_LONG',
    })
    await expect(scored([1], [600, 3])).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' })
    await expect(scored([1], [600])).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' })
    await expect(scored([1], [1.9])).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' })
    await expect(scored([Number.NaN], [3])).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' })
    await expect(scored([1], [3], { passTokens: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(scored([1], [3], { signal: AbortSignal.abort(new Error('now')) })).rejects.toThrow('now')
  })
})

describe('continuations of one prompt', () => {
  it('are scored as completions, without computing the prompt again', async () => {
    const prompt = encode(story)
    const continuations = [...texts, 'a', 'They were very happy.'].map(tail)
    const { passes, watching } = watched()
    const found = await continuationLogProbs(watching, prompt, continuations)
    const alone = await completionLogProbs(
      model,
      continuations.map((completion) => ({ prompt, completion })),
    )
    found.forEach((each, i) => {
      expectClose(each, [...alone[i]!])
    })
    expect(passes[0]).toEqual({ rows: 1, length: prompt.length })
    const longest = Math.max(...continuations.map(({ length }) => length))
    expect(passes.slice(1).every(({ length }) => length < longest)).toBe(true)
  })

  it('are the same in passes of whatever size', async () => {
    const prompt = encode(story)
    const continuations = texts.map(tail)
    const whole = await continuationLogProbs(model, prompt, continuations)
    for (const passTokens of [1, 5, 13]) {
      const { passes, watching } = watched()
      const parts = await continuationLogProbs(watching, prompt, continuations, { passTokens })
      parts.forEach((part, i) => {
        expectClose(part, [...whole[i]!])
      })
      expect(Math.max(...passes.map(({ rows, length }) => rows * length))).toBeLessThanOrEqual(passTokens)
    }
  })

  it('refuses none, prompts without tokens, ids that are none, and what is too long', async () => {
    const scored = (prompt: number[], continuations: number[][]) =>
      continuationLogProbs(model, prompt, continuations)
    await expect(scored([1], [])).rejects.toMatchObject({ code: 'EMPTY_INPUT' })
    await expect(scored([], [[3]])).rejects.toMatchObject({ code: 'EMPTY_INPUT' })
    await expect(scored([1], [[3], [512]])).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' })
    await expect(scored(Array(511).fill(3), [[3, 3]])).rejects.toMatchObject({ code: 'CONTEXT_TOO_LONG' })
  })
})

describe('an abort', () => {
  const prompt = [1, 403, 407, 261]
  it.each([
    [
      'completions',
      (options: object) => completionLogProbs(stopping(), [{ prompt, completion: [3, 4] }], options),
    ],
    ['continuations', (options: object) => continuationLogProbs(stopping(), prompt, [[3], [4, 5]], options)],
    ['next tokens', (options: object) => nextTokenLogProbs(stopping(), [prompt], options)],
  ])('is heard between passes of %s, and at the last', async (_, score) => {
    for (const passTokens of [1, 512]) {
      controller = new AbortController()
      passes = 0
      await expect(score({ passTokens, signal: controller.signal })).rejects.toThrow('enough')
      expect(passes).toBe(1)
    }
  })
  let controller: AbortController
  let passes: number
  const stopping = () => ({
    ...model,
    run: (request: RunRequest) => {
      passes++
      controller.abort(new Error('enough'))
      return model.run(request)
    },
  })
})

describe('progress', () => {
  it('is told of items of which there is nothing to compute, or one token', async () => {
    const told: [number, number][] = []
    const progress = (done: number, total: number) => told.push([done, total])
    await continuationLogProbs(model, [1, 403], [[3], [4], [5]], { progress })
    await completionLogProbs(model, [{ prompt: [1], completion: [] }], { progress })
    expect(told).toEqual([
      [3, 3],
      [1, 1],
    ])
  })
})

describe('the next token', () => {
  it('has the log-probabilities of a distribution, whatever prompts are computed together', async () => {
    const prompts = texts.map((text) => encode(text))
    const found = await nextTokenLogProbs(model, prompts)
    for (const [i, prompt] of prompts.entries()) {
      expectClose(found[i]!, await distribution(prompt))
      expect(found[i]!.reduce((sum, p) => sum + Math.exp(p), 0)).toBeCloseTo(1, 5)
    }
  })

  it('P(yes) and P(no) are sums over their tokens, of which one named twice counts once', async () => {
    const prompts = [encode(story), encode('One day')]
    const answers = { yes: [403, 407, 403], no: [385, 9] }
    const found = await nextTokenProbabilities(model, prompts, answers)
    for (const [i, prompt] of prompts.entries()) {
      const p = (await distribution(prompt)).map(Math.exp)
      const [yes, no] = [p[403]! + p[407]!, p[385]! + p[9]!]
      const { normalized, logOdds } = found[i]!
      expect(found[i]!.yes / yes).toBeCloseTo(1, 4)
      expect(found[i]!.no / no).toBeCloseTo(1, 4)
      expect(normalized).toBeCloseTo(yes / (yes + no), 6)
      expect(logOdds).toBeCloseTo(Math.log(yes) - Math.log(no), 4)
    }
  })

  it('refuses answers without tokens, with ids that are none, or that share one', async () => {
    const asked = (yes: number[], no: number[]) => nextTokenProbabilities(model, [[1]], { yes, no })
    await expect(asked([], [1])).rejects.toMatchObject({ code: 'EMPTY_INPUT' })
    await expect(asked([1], [512])).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' })
    await expect(asked([1, 4], [3, 4])).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(nextTokenLogProbs(model, [[0.5]])).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' })
    await expect(nextTokenLogProbs(model, [[]])).rejects.toMatchObject({ code: 'EMPTY_INPUT' })
  })
})

describe('variants of words', () => {
  it('are the single tokens that spell them, after a space or not', () => {
    const tokenizer = model.tokenizer!
    const ids = tokenVariants(tokenizer, ['she'])
    expect(ids.map((id) => tokenizer.idToToken(id))).toEqual(['▁She', '▁she'])
    expect(tokenVariants(tokenizer, ['a', 'A']).map((id) => tokenizer.idToToken(id))).toEqual(
      expect.arrayContaining(['▁a', 'a', 'A']),
    )
  })

  it('a word that no single token spells is refused, and so is none', () => {
    const code = 'UNKNOWN_TOKEN'
    const variants = (word: string) => () => tokenVariants(model.tokenizer as Tokenizer, [word])
    expect(variants('extraordinary')).toThrowError(expect.objectContaining({ code }))
    expect(variants(' ')).toThrowError(expect.objectContaining({ code }))
  })
})

describe('batches by length', () => {
  it('have every item once, are within the bound unless one alone is not, and hold like lengths', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 })
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 120 }), (given, bound) => {
        const batches = batchesByLength(given, bound)
        expect(batches.flat().sort((a, b) => a - b)).toEqual([...given.keys()])
        const longest = batches.map((batch) => Math.max(...batch.map((i) => given[i]!)))
        batches.forEach((batch, k) => {
          expect(batch.length === 1 || batch.length * longest[k]! <= bound).toBe(true)
        })
        expect(longest).toEqual([...longest].sort((a, b) => b - a))
      }),
    )
  })

  it('values are cut at the ends of pieces', () => {
    const pieces = splitBy(Float32Array.of(1, 2, 3), [1, 0, 2])
    expect(pieces.map((each) => [...each])).toEqual([[1], [], [2, 3]])
  })
})

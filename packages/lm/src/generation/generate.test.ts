import { full, zeros } from '@prefkit/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadLanguageModel } from '../files/load-language-model'
import { goldenModelPath } from '../goldens/golden-model'
import { loadGolden } from '../goldens/load-goldens'
import { createLanguageModel } from '../running/language-model'
import type { LoadedLanguageModel } from '../running/loaded-language-model'
import { promptsTogether } from './continue-prompts'
import { type GeneratedSequence, generate, streamTokens } from './generate'
import { type GenerateOptions, resolveSettings } from './generate-options'
import { generateText, promptTokens, streamText } from './generate-text'
import { type GeneratedToken, startSequence } from './sequence'

interface Greedy {
  readonly model: string
  readonly name: string
  readonly settings: {
    readonly maxNewTokens?: number
    readonly maxLength?: number
    readonly repetitionPenalty?: number
    readonly eosTokenIds?: readonly number[]
  }
  readonly ids: readonly (readonly number[])[]
  readonly attentionMask: readonly (readonly number[])[]
  readonly tokens: readonly (readonly number[])[]
  readonly logprobs: readonly (readonly number[])[]
  readonly texts?: readonly string[]
}

const norm = 'model.norm.weight'

const { greedy } = loadGolden<{ greedy: Greedy[] }>('generate.json')

const tokensOf = (sequences: readonly GeneratedSequence[]) => sequences.map(({ tokens }) => [...tokens])

describe.each([...new Set(greedy.map(({ model }) => model))])('%s', (name) => {
  it.each(greedy.filter(({ model }) => model === name))(
    '$name, $settings: tokens of transformers',
    async (each) => {
      const { settings, ids, attentionMask, tokens, logprobs, texts } = each
      const model = await loadLanguageModel(goldenModelPath(name))
      const prompts = ids.map((row, i) => row.filter((_, k) => attentionMask[i]![k] === 1))
      const found = await generate(model, prompts, {
        temperature: 0,
        maxNewTokens: settings.maxNewTokens ?? 1000,
        stopTokenIds: settings.eosTokenIds ?? [],
        ...(settings.repetitionPenalty === undefined
          ? {}
          : { repetitionPenalty: settings.repetitionPenalty }),
      })
      await model.release()
      expect(tokensOf(found)).toEqual(tokens)
      // f32 through the whole model: 1e-5 of what logits are in size, which is about 10.
      const departures = found.flatMap(({ logProbs }, i) =>
        [...logProbs].map((p, k) => Math.abs(p - logprobs[i]![k]!)),
      )
      expect(Math.max(...departures)).toBeLessThan(1e-4)
      expect(found.every(({ samplingLogProbs }) => samplingLogProbs.every((p) => p === 0))).toBe(true)
      const reason = settings.eosTokenIds ? 'stop' : 'length'
      expect(found.map(({ finishReason }) => finishReason)).toEqual(tokens.map(() => reason))
      // Behind a prompt a word has its space, which sentencepiece leaves out where nothing is before it.
      if (texts) expect(found.map(({ text }) => text!.trimStart())).toEqual(texts)
    },
  )
})

describe('sampling', () => {
  const texts = [
    'Once upon a time, there was a little girl named Lily.',
    'Tom and his dog',
    'One day, a big',
    'The sun was hot',
    '"Can we play?" asked',
    'Ben',
    'Mia and her mom went',
    'A cat',
  ]
  let model: LoadedLanguageModel
  let prompts: number[][]
  beforeAll(async () => {
    model = await loadLanguageModel(goldenModelPath('stories260K'))
    prompts = texts.map((text) => promptTokens(model, text))
  })
  const drawn: GenerateOptions = { seed: 5, maxNewTokens: 24, temperature: 0.9, topK: 40, topP: 0.95 }

  it('eight prompts at once are eight prompts one by one', async () => {
    const together = await generate(model, prompts, drawn)
    const apart = await generate(model, prompts, { ...drawn, batchSize: 1 })
    expect(tokensOf(apart)).toEqual(tokensOf(together))
    const alone: GeneratedSequence[] = []
    for (const [i, prompt] of prompts.entries()) {
      alone.push(...(await generate(model, [prompt], { ...drawn, firstIndex: i })))
    }
    expect(tokensOf(alone)).toEqual(tokensOf(together))
    expect(alone.map(({ prompt }) => prompt)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(new Set(tokensOf(together).map(String)).size).toBe(8)
  })

  it('samples of a prompt are the same in whatever number and batches they are drawn', async () => {
    const some = await generate(model, prompts.slice(0, 3), { ...drawn, n: 4 })
    expect(some.map(({ prompt, sample }) => [prompt, sample]).slice(0, 5)).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 0],
    ])
    const more = await generate(model, prompts.slice(0, 3), { ...drawn, n: 6, batchSize: 5 })
    const firstFour = more.filter(({ sample }) => sample < 4)
    expect(tokensOf(firstFour)).toEqual(tokensOf(some))
    expect(new Set(tokensOf(more).map(String)).size).toBe(18)
  })

  it('a seed gives the same again, another seed another', async () => {
    const one = await generate(model, prompts.slice(0, 2), drawn)
    expect(tokensOf(await generate(model, prompts.slice(0, 2), drawn))).toEqual(tokensOf(one))
    expect(tokensOf(await generate(model, prompts.slice(0, 2), { ...drawn, seed: 6 }))).not.toEqual(
      tokensOf(one),
    )
  })

  it('log-probabilities are those of the model, and those of what was drawn from', async () => {
    const [plain] = await generate(model, [prompts[0]!], { seed: 1, maxNewTokens: 32 })
    plain!.logProbs.forEach((p, i) => {
      // One sum over the vocabulary is f32, the other f64.
      expect(Math.abs(p - plain!.samplingLogProbs[i]!)).toBeLessThan(1e-5)
    })
    const [warm] = await generate(model, [prompts[0]!], {
      seed: 1,
      maxNewTokens: 32,
      temperature: 0.5,
      topK: 5,
    })
    const ids = [...prompts[0]!, ...warm!.tokens]
    const at = Array.from(warm!.tokens, (_, i) => prompts[0]!.length - 1 + i)
    const batch = {
      rows: 1,
      length: ids.length,
      ids: Int32Array.from(ids),
      positions: Int32Array.from(ids.keys()),
      segments: new Int32Array(ids.length).fill(1),
    }
    const { logits, logProbs } = await model.run({ batch, at, targets: warm!.tokens })
    at.forEach((_, i) => {
      const own = logits.subarray(i * 512, (i + 1) * 512)
      const best = [...own].sort((a, b) => b - a).slice(0, 5)
      const chosen = own[warm!.tokens[i]!]!
      const total = best.reduce((sum, logit) => sum + Math.exp((logit - chosen) / 0.5), 0)
      expect(warm!.samplingLogProbs[i]).toBeCloseTo(-Math.log(total), 4)
      expect(warm!.logProbs[i]).toBeCloseTo(logProbs[i]!, 4)
    })
  })

  it('rows that have ended leave, and the others are as if they had been alone', async () => {
    const stopTokenIds = [426]
    const settings = { temperature: 0, maxNewTokens: 80, stopTokenIds }
    const runs: number[] = []
    const watched = {
      ...model,
      run: (request: Parameters<typeof model.run>[0]) => {
        runs.push(request.batch.rows)
        return model.run(request)
      },
    }
    const together = await generate(watched, prompts, settings)
    const apart = await generate(model, prompts, { ...settings, batchSize: 1 })
    expect(tokensOf(together)).toEqual(tokensOf(apart))
    expect(runs[0]).toBe(8)
    expect(Math.min(...runs)).toBeLessThanOrEqual(4)
    expect(
      together.map(({ tokens, finishReason }) => tokens.at(-1) === 426 || finishReason === 'length'),
    ).not.toContain(false)
  })

  it('long prompts are read in passes, with the same outcome', async () => {
    const settings = { temperature: 0, maxNewTokens: 20 }
    const whole = await generate(model, prompts, settings)
    const parts = await generate(model, prompts, { ...settings, passTokens: 17 })
    expect(tokensOf(parts)).toEqual(tokensOf(whole))
  })

  it.each([
    [1, 16, 16],
    [4, 16, 4],
    [16, 16, 1],
    [32, 16, 1],
    [9, 16, 5],
    [17, 16, 6],
    [3, 1, 1],
    [5, 4, 3],
  ])('continuations, %i of each prompt in %i rows, are of %i prompts together', (n, rows, prompts) => {
    expect(promptsTogether(n, rows)).toBe(prompts)
  })

  it('rows are filled also by numbers of continuations that do not divide them, with the same outcome', async () => {
    const rows: number[] = []
    const run = (request: Parameters<typeof model.run>[0]) => {
      if (request.batch.length === 1) rows.push(request.batch.rows)
      return model.run(request)
    }
    const settings = { ...drawn, n: 3, maxNewTokens: 4, stopTokenIds: [] }
    const found = await generate({ ...model, run }, prompts, { ...settings, batchSize: 4 })
    expect(new Set(rows)).toEqual(new Set([4]))
    expect(tokensOf(found)).toEqual(tokensOf(await generate(model, prompts, { ...settings, batchSize: 3 })))
  })

  it('tells how far it is', async () => {
    const told: unknown[] = []
    await generate(model, prompts.slice(0, 2), {
      maxNewTokens: 3,
      n: 2,
      stopTokenIds: [],
      progress: (each) => told.push(each),
    })
    expect(told).toEqual([
      { tokens: 4, finished: 0, total: 4 },
      { tokens: 8, finished: 0, total: 4 },
      { tokens: 12, finished: 4, total: 4 },
    ])
  })

  it.each<GenerateOptions>([
    { temperature: 1e-38 },
    { temperature: 5e-324 },
    { temperature: 1e-16, topP: 0.9 },
    { topK: 1, topP: 1e-17 },
    { repetitionPenalty: 1e-40 },
    { temperature: 1e-38, topK: 3, topP: 0.5, minP: 0.1 },
  ])('extreme settings draw tokens that are: %j', async (settings) => {
    const found = await generate(model, prompts.slice(0, 2), { ...settings, maxNewTokens: 4 })
    for (const { tokens, logProbs, samplingLogProbs } of found) {
      expect(tokens.every((id) => id >= 0 && id < 512)).toBe(true)
      expect([...logProbs, ...samplingLogProbs].every(Number.isFinite)).toBe(true)
    }
    if (settings.repetitionPenalty) return
    // As good as greedy.
    const greedy = await generate(model, prompts.slice(0, 2), { temperature: 0, maxNewTokens: 4 })
    expect(tokensOf(found)).toEqual(tokensOf(greedy))
  })

  it('the reference backend gives the same tokens', async () => {
    const reference = createLanguageModel(model.config, model.weights, { backend: 'reference' })
    const settings = { ...drawn, maxNewTokens: 5, n: 2 }
    const found = await generate(reference, prompts.slice(0, 2), settings)
    expect(tokensOf(found)).toEqual(tokensOf(await generate(model, prompts.slice(0, 2), settings)))
  })

  describe('texts and streams', () => {
    const collect = async (stream: AsyncIterable<GeneratedToken>) => {
      const tokens: GeneratedToken[] = []
      for await (const token of stream) tokens.push(token)
      return tokens
    }

    it('a stream gives the tokens of generateText, and its text in pieces', async () => {
      const options = { ...drawn, seed: 3, maxNewTokens: 40 }
      const [whole] = await generateText(model, [texts[0]!], options)
      const tokens = await collect(streamText(model, texts[0]!, options))
      expect(tokens.map(({ id }) => id)).toEqual([...whole!.tokens])
      expect(tokens.map(({ text }) => text).join('')).toBe(whole!.text)
      expect(tokens.map(({ logProb }) => Math.fround(logProb))).toEqual([...whole!.logProbs])
      expect(tokens.map(({ finishReason }) => finishReason).filter(Boolean)).toEqual([whole!.finishReason])
      expect(model.tokenizer!.decode([...prompts[0]!, ...whole!.tokens], { skipSpecialTokens: true })).toBe(
        texts[0]! + whole!.text,
      )
    })

    it('text ends before a stop string, of which nothing is given out', async () => {
      const options = { stop: ['ball. She', 'outside in a'], maxNewTokens: 64 }
      const [whole] = await generateText(model, [texts[0]!], options)
      expect(whole!.text).toBe(' She loved to play outside in the park. One day, she saw a big, red ')
      expect(whole!.finishReason).toBe('stop')
      const tokens = await collect(streamText(model, texts[0]!, options))
      expect(tokens.map(({ text }) => text).join('')).toBe(whole!.text)
      // "outside in" was held back until "the" made clear that it is no stop string.
      expect(tokens.map(({ text }) => text)).toContain('outside in the')
    })

    it('a stop string may be a special token, which is in no text', async () => {
      const token = model.tokenizer!.idToToken(2)!
      expect(resolveSettings('generate', model, { stop: [token, 'the'] }).stopTokenIds).toEqual(new Set([2]))
      // All tokens are equally probable, so that the lowest id is taken, which is a special token.
      const { [norm]: weight, ...weights } = model.weights
      const even = createLanguageModel(model.config, { ...weights, [norm]: zeros(weight!.dims) })
      const flat = Object.assign(even, { tokenizer: model.tokenizer })
      const [found] = await generate(flat, [[1]], { stop: [model.tokenizer!.idToToken(0)!], temperature: 0 })
      expect(found).toMatchObject({ tokens: Int32Array.of(0), text: '', finishReason: 'stop' })
    })

    it('what is left of a character at the end may complete a stop string', () => {
      const byte = model.tokenizer!.tokenToId('<0xE2>')!
      const logits = new Float32Array(512)
      logits[byte] = 1
      const settings = resolveSettings('generate', model, {
        temperature: 0,
        maxNewTokens: 1,
        stop: ['\ufffd'],
      })
      const token = startSequence(model, [1], { prompt: 0, sample: 0 }, settings).next(logits, () => -1)
      expect(token).toMatchObject({ id: byte, text: '', finishReason: 'stop' })
    })

    it('one graph serves prompts, steps and streams', async () => {
      expect(await model.compilations()).toHaveLength(1)
    })

    it('without suggestions the most probable token is taken; a temperature asks for others', async () => {
      const [one] = await generateText(model, [texts[1]!], { maxNewTokens: 8 })
      expect(one!.samplingLogProbs.every((p) => p === 0)).toBe(true)
      const [other] = await generateText(model, [texts[1]!], { maxNewTokens: 8, temperature: 1 })
      expect(other!.samplingLogProbs.every((p) => p < 0)).toBe(true)
    })

    it('suggestions of the makers are taken where options say nothing', async () => {
      const generationConfig = {
        eosTokenIds: [426],
        doSample: true,
        temperature: 0.5,
        topK: 3,
        maxNewTokens: 30,
      }
      const suggesting = { ...model, generationConfig }
      const [one] = await generateText(suggesting, [texts[1]!], { seed: 2 })
      const [same] = await generateText(model, [texts[1]!], {
        seed: 2,
        temperature: 0.5,
        topK: 3,
        maxNewTokens: 30,
        stopTokenIds: [426],
      })
      expect([...one!.tokens]).toEqual([...same!.tokens])
      expect(one!.tokens.at(-1) === 426 || one!.tokens.length === 30).toBe(true)
    })

    it('an abort is heard between the passes of a prompt', async () => {
      const controller = new AbortController()
      let passes = 0
      const stopping = {
        ...model,
        run: (request: Parameters<typeof model.run>[0]) => {
          if (++passes === 2) controller.abort(new Error('enough'))
          return model.run(request)
        },
      }
      const options = { passTokens: 1, signal: controller.signal }
      await expect(generate(stopping, [prompts[0]!], options)).rejects.toThrow('enough')
      expect(passes).toBe(2)
    })

    it('a max_length counts for each prompt by itself, and one token comes at least', async () => {
      const suggesting = { ...model, generationConfig: { eosTokenIds: [], maxLength: 30 } }
      const given = ['Once', texts[0]!, `${texts[0]!} ${texts[2]!} ${texts[4]!}`]
      const lengths = given.map((text) => promptTokens(model, text).length)
      const together = await generateText(suggesting, given)
      expect(together.map(({ tokens }) => tokens.length)).toEqual(
        lengths.map((length) => Math.max(1, 30 - length)),
      )
      for (const [i, text] of given.entries()) {
        expect(tokensOf(await generateText(suggesting, [text]))).toEqual([[...together[i]!.tokens]])
      }
      const [said] = await generateText(suggesting, given, { maxNewTokens: 40 })
      expect(said!.tokens.length).toBe(40)
    })

    it('a suggestion that cannot be names the file, unless an option says otherwise', async () => {
      const suggesting = { ...model, generationConfig: { eosTokenIds: [], maxNewTokens: 0 } }
      await expect(generateText(suggesting, ['Once'])).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringMatching(/^generateText: generation_config.json: maxNewTokens: /),
      })
      const [found] = await generateText(suggesting, ['Once'], { maxNewTokens: 2 })
      expect(found!.tokens.length).toBe(2)
      await expect(generateText(model, ['Once'], { temperature: -1 })).rejects.toThrow(
        /^generateText: temperature: /,
      )
    })

    it.each(['n', 'batchSize', 'progress'])('a stream refuses %s, which it has no use for', async (name) => {
      const options = { [name]: name === 'progress' ? () => {} : 2 }
      const refusal = { code: 'INVALID_OPTION', message: expect.stringContaining(name) }
      await expect(collect(streamTokens(model, [1], options))).rejects.toMatchObject(refusal)
      await expect(collect(streamText(model, 'Once', options))).rejects.toMatchObject(refusal)
    })

    it('a stop string that has a special token among others, which no text has, is refused', async () => {
      const stop = [`${model.tokenizer!.idToToken(2)!}\n`]
      await expect(generateText(model, ['Once'], { stop })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('stop'),
      })
    })

    it('a stream ends when its signal says so, or when nobody reads on', async () => {
      const controller = new AbortController()
      const seen: number[] = []
      const reading = async () => {
        for await (const { id } of streamTokens(model, prompts[0]!, { signal: controller.signal })) {
          seen.push(id)
          if (seen.length === 3) controller.abort(new Error('enough'))
        }
      }
      await expect(reading()).rejects.toThrow('enough')
      expect(seen.length).toBe(3)
      for await (const _ of streamTokens(model, prompts[0]!)) break
      await expect(
        generate(model, prompts, { signal: AbortSignal.abort(new Error('at once')) }),
      ).rejects.toThrow('at once')
    })
  })

  describe('refuses', () => {
    const refused = (given: readonly number[][], options: GenerateOptions = {}) =>
      generate(model, given, options)
    it.each([
      ['no prompts', [], {}, 'EMPTY_INPUT', 'prompts'],
      ['an empty prompt', [[1], []], {}, 'EMPTY_INPUT', 'prompts[1]'],
      ['a prompt as long as the context', [Array(512).fill(3)], {}, 'CONTEXT_TOO_LONG', '512'],
      ['a token that is none', [[1, 512]], {}, 'UNKNOWN_TOKEN', '511'],
      ['a misspelt option', [[1]], { maxTokens: 3 }, 'INVALID_OPTION', 'maxTokens'],
      ['a temperature below 0', [[1]], { temperature: -1 }, 'INVALID_OPTION', 'temperature'],
      ['a top-p of 0', [[1]], { topP: 0 }, 'INVALID_OPTION', 'topP'],
      ['a top-k that is no whole number', [[1]], { topK: 1.5 }, 'INVALID_OPTION', 'topK'],
      ['a min-p above 1', [[1]], { minP: 1.1 }, 'INVALID_OPTION', 'minP'],
      ['a penalty of 0', [[1]], { repetitionPenalty: 0 }, 'INVALID_OPTION', 'repetitionPenalty'],
      ['no tokens', [[1]], { maxNewTokens: 0 }, 'INVALID_OPTION', 'maxNewTokens'],
      ['a signal that is none', [[1]], { signal: {} }, 'INVALID_OPTION', 'signal'],
      ['progress that nobody hears', [[1]], { progress: 5 }, 'INVALID_OPTION', 'progress'],
      ['a seed with a fraction', [[1]], { seed: 0.5 }, 'INVALID_OPTION', 'seed'],
      ['an empty stop string', [[1]], { stop: [''] }, 'INVALID_OPTION', 'stop'],
      ['a stop token that is none', [[1]], { stopTokenIds: [-1] }, 'UNKNOWN_TOKEN', 'stopTokenIds'],
      ['stop tokens that are no list', [[1]], { stopTokenIds: 5 }, 'INVALID_OPTION', 'stopTokenIds'],
      ['a text for a prompt', ['hello'], {}, 'INVALID_OPTION', 'prompts[0]'],
      ['one prompt for several', 'hello', {}, 'INVALID_OPTION', 'prompts'],
      ['no number', [[1], [Number.NaN]], {}, 'UNKNOWN_TOKEN', 'prompts[1][0]'],
      ['a fraction', [[1, 1.9]], {}, 'UNKNOWN_TOKEN', '1.9'],
      ['more than an i32 holds', [[2 ** 32 + 5]], {}, 'UNKNOWN_TOKEN', '4294967301'],
      ['nothing where a token was to be', [[1, undefined]], {}, 'UNKNOWN_TOKEN', 'prompts[0][1]'],
    ])('%s', async (_, given, options, code, named) => {
      // What no type allows comes from callers without types.
      const promise = refused(given as unknown as number[][], options as GenerateOptions)
      await expect(promise).rejects.toMatchObject({ code, message: expect.stringContaining(named) })
    })

    it('texts and stop strings without a tokeniser, and conversations without a template', async () => {
      const bare = createLanguageModel(model.config, model.weights)
      await expect(generate(bare, [[1]], { stop: ['x'] })).rejects.toMatchObject({
        code: 'INVALID_TOKENIZER',
      })
      const loaded = Object.assign(bare, { path: 'bare', tokenizerFiles: [] })
      await expect(generateText(loaded, ['x'])).rejects.toMatchObject({ code: 'INVALID_TOKENIZER' })
      const chat = [[{ role: 'user', content: 'Hi' }]]
      await expect(generateText(model, chat)).rejects.toMatchObject({ code: 'NO_CHAT_TEMPLATE' })
    })

    it('logits that are no numbers', async () => {
      const weights = { ...model.weights }
      weights[norm] = full(weights[norm]!.dims, Number.NaN)
      const broken = createLanguageModel(model.config, weights)
      await expect(generate(broken, [[1]])).rejects.toMatchObject({ code: 'NOT_FINITE' })
    })
  })
})

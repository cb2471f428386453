import { completionDatum, sftLoss } from '@prefkit/lm'
import { closers } from '../closers'
import type { RunConfig } from '../config/run-config'
import { openTrainee, policyOf } from '../models/open-trainee'
import type { RunFacts } from './run-facts'

/** How fast the model is here, in tokens a second, and what a stage waits for before it is. */
export interface Speeds {
  readonly draw: number
  readonly score: number
  readonly learn: number
  /** Seconds to load the model, and to compile what draws, scores and learns. */
  readonly load: number
  readonly compile: { readonly draw: number; readonly score: number; readonly learn: number }
}

/** Tokens that each response of the measurement has, at most, and that are scored and learnt from, about. */
const [drawnTokens, readTokens] = [16, 256]

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}

/** The second time tells the speed; what the first took longer is what compiling takes. */
async function twice(work: () => Promise<unknown>): Promise<{ steady: number; compile: number }> {
  const [first, second] = [await seconds(work), await seconds(work)]
  return { steady: second, compile: Math.max(0, first - second) }
}

/** Something to ask where a run has no prompts. */
const anything = { tokens: Array.from({ length: 16 }, (_, i) => i + 3) }

/**
 * Draws, scores and learns a little with the model of a run, on its own prompts.
 * @throws LmError, PrefkitError for a model that cannot be opened.
 */
export async function measureSpeeds(config: RunConfig, { some }: RunFacts): Promise<Speeds> {
  const { model, sampling, seed } = config
  const begun = performance.now()
  const trainee = await openTrainee(config, { model: model.path, adapter: model.adapter }, model.lora)
  const policy = policyOf(trainee, config, { seed })
  const load = (performance.now() - begun) / 1000
  try {
    const asked = some.length > 0 ? some : [anything]
    const rows = Array.from({ length: sampling.batchSize }, (_, i) => asked[i % asked.length]!.tokens)
    let drawn: Awaited<ReturnType<typeof policy.sample>> = []
    const draw = await twice(async () => {
      const maxNewTokens = Math.min(drawnTokens, sampling.maxNewTokens)
      drawn = await policy.sample(rows, { maxNewTokens, batchSize: sampling.batchSize, seed })
    })
    const all = drawn.map(({ prompt, tokens }) => completionDatum(rows[prompt]!, tokens))
    const wanted = Math.max(1, Math.ceil(readTokens / all[0]!.tokens.length))
    const data = all.slice(0, wanted)
    const read = data.reduce((sum, { tokens }) => sum + tokens.length, 0)
    const score = await twice(() => policy.forward(data))
    const learn = await twice(async () => {
      await policy.forwardBackward(data, sftLoss)
      await policy.optimStep({ learningRate: 0 })
    })
    return {
      draw: drawn.reduce((sum, { tokens }) => sum + tokens.length, 0) / draw.steady,
      ...{ score: read / score.steady, learn: read / learn.steady, load },
      compile: { draw: draw.compile, score: score.compile, learn: learn.compile },
    }
  } finally {
    await closers(trainee.release, () => policy.release()).close()
  }
}

import { readFile, writeFile } from 'node:fs/promises'
import {
  type BestOfNData,
  bestOfN,
  type LoopPrompt,
  type RolloutSource,
} from '../../../packages/prefkit/src/loop/index.ts'
import type { Context } from './context.ts'
import { openJudge, standardJudge, trainJudge } from './reward-models.ts'
import { baseResponses, type ResponsesByPrompt } from './rollouts.ts'

/** Responses that were drawn before, the first ones of each prompt: those of a larger n are the same and more. */
const replayed = (prompts: readonly LoopPrompt[], responses: ResponsesByPrompt): RolloutSource => ({
  isPolicy: true,
  async draw({ prompts: asked, n }) {
    const places = new Map(prompts.map(({ id }, i) => [id, i]))
    return asked.flatMap((prompt) =>
      responses[places.get(prompt.id)!]!.slice(0, n).map(({ text, tokens }, sample) => {
        // Of log-probabilities best-of-n asks nothing, and lengths are logged alone.
        const logProbs = new Float32Array(tokens.length)
        return { prompt, sample, text, tokens, finishReason: 'length', logProbs, samplingLogProbs: logProbs }
      }),
    )
  },
})

/** Prompts that policies learn on, each with the best of n responses under the judge of a seed; and where they are. */
export async function anchoredPrompts(
  context: Context,
  { seed, n }: { readonly seed: number; readonly n: number },
): Promise<{ readonly path: string; readonly prompts: LoopPrompt[] }> {
  const { world, store } = context
  const prompts = world.prompts.learnt
  const most = Math.max(...world.size.anchors.n)
  const { judge, comparisons, responseTokens } = world.size
  const settings = { model: world.modelName, judge, comparisons, responseTokens, seed, n, most }
  const path = await store.artefact('anchors', { ...settings, prompts: prompts.length }, async (to) => {
    const responses = await baseResponses(context, prompts, { n: most, seed: 3 })
    const { scorer, release } = await openJudge(context, await trainJudge(context, standardJudge(seed)))
    const rollouts = replayed(prompts, responses)
    let data: BestOfNData = { anchors: {} }
    for await (const step of bestOfN({ prompts, rollouts, scorer: { pairwise: scorer }, n }))
      data = (await step.state()).data as BestOfNData // bestOfN's own.
    await release()
    await writeFile(to, JSON.stringify(data.anchors))
  })
  const anchors = JSON.parse(await readFile(path, 'utf8')) as BestOfNData['anchors'] // Written above.
  return { path, prompts: prompts.map((prompt) => ({ ...prompt, anchors: anchors[prompt.id]! })) }
}

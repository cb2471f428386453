import {
  composeAnnotator,
  logisticAnnotator,
  samePromptPairs,
  simulateAnnotations,
  withPositionBias,
} from '@prefkit/noise'
import type { LoopPrompt, PreferencePair } from '../../../packages/prefkit/src/loop/index.ts'
import type { Context } from './context.ts'
import { baseResponses, type ResponsesByPrompt } from './rollouts.ts'
import type { World } from './world.ts'

/** Annotators, who are simulated: right with probability σ(β·|Δ golden|), and with a liking for what is shown first. */
export interface Annotators {
  readonly beta: number
  /** Units of golden reward that the first place is worth to them. */
  readonly favourFirst: number
}

/** As in all experiments that do not say otherwise. */
export const annotators: Annotators = { beta: 2, favourFirst: 0.5 }

/** Responses that differ by less are not compared: nobody could say which is better. */
const leastDifference = 0.5

/** Comparisons as people made them. */
export interface Comparisons {
  readonly pairs: readonly PreferencePair[]
  /** Those whose chosen response they saw first. */
  readonly chosenFirst: ReadonlySet<PreferencePair>
  /** Share whose chosen response is the better one. */
  readonly right: number
}

/** Pairs of responses to one prompt whose golden rewards differ, in the order in which they are shown. */
function* differingPairs(
  { golden }: World,
  prompts: readonly LoopPrompt[],
  responses: ResponsesByPrompt,
  seed: number,
) {
  const rows = responses.flatMap((own, i) => own.map((response) => ({ prompt: prompts[i]!, response })))
  const scores = rows.map(({ response }) => golden(response))
  const table = { prompts: rows.map(({ prompt }) => prompt.id), scores }
  for (const { first, second } of samePromptPairs(table, { seed })) {
    if (Math.abs(scores[first]! - scores[second]!) < leastDifference) continue
    const [shownFirst, shownSecond] = [rows[first]!.response, rows[second]!.response]
    yield { prompt: rows[first]!.prompt, shownFirst, shownSecond, delta: scores[first]! - scores[second]! }
  }
}

const take = <Item>(items: Iterable<Item>, count: number, what: string): Item[] => {
  const taken = Array.from(items).slice(0, count)
  if (taken.length === count) return taken
  throw new Error(`${what}: expected ${count} pairs that differ, got ${taken.length}: draw more responses`)
}

/** Comparisons of responses that the model gives: those of another seed are of other pairs, with other labels. */
export async function compare(
  context: Context,
  { seed, count, beta, favourFirst }: Annotators & { readonly seed: number; readonly count: number },
): Promise<Comparisons> {
  const { world } = context
  const { compared } = world.prompts
  const responses = await baseResponses(context, compared, { n: world.size.comparisons.responses, seed: 1 })
  const shown = take(differingPairs(world, compared, responses, seed), count, 'comparisons')
  const annotator = composeAnnotator(logisticAnnotator({ beta }), withPositionBias({ strength: favourFirst }))
  const labels = simulateAnnotations({ deltas: shown.map(({ delta }) => delta) }, annotator, { seed })
  const pairs = shown.map(({ prompt, shownFirst, shownSecond }, i): PreferencePair => {
    const [chosen, rejected] = labels[i]! > 0 ? [shownFirst, shownSecond] : [shownSecond, shownFirst]
    return { prompt, chosen, rejected }
  })
  return {
    pairs,
    chosenFirst: new Set(pairs.filter((_, i) => labels[i]! > 0)),
    right: shown.filter(({ delta }, i) => delta * labels[i]! > 0).length / shown.length,
  }
}

/** Pairs of prompts that nothing was compared on; chosen is what the golden reward says. */
export async function goldenPairs(context: Context, count: number): Promise<PreferencePair[]> {
  const { world } = context
  const { judged } = world.prompts
  const responses = await baseResponses(context, judged, { n: 8, seed: 2 })
  return take(differingPairs(world, judged, responses, 0), count, 'held-out pairs').map(
    ({ prompt, shownFirst, shownSecond, delta }) => {
      const [chosen, rejected] = delta > 0 ? [shownFirst, shownSecond] : [shownSecond, shownFirst]
      return { prompt, chosen, rejected }
    },
  )
}

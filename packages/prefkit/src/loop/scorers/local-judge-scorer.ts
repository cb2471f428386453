import type { Judge, PairJudgement } from '@prefkit/judges'
import { type AskingOptions, askJudge } from '../rewards/ask-judge'
import type { PairwiseScorer, ResponsePair } from '../rewards/scorers'

/** A pair in the order in which it is first met. */
interface Asked {
  readonly prompt: string
  readonly a: string
  readonly b: string
}

/** The same for both orders of a pair. */
const keyOf = ({ prompt, first, second }: ResponsePair): string =>
  JSON.stringify([prompt.id, prompt.text, ...[first.text, second.text].sort()])

/** P(a is better) as it was with one side shown first, or on the whole where a judge does not say. */
function inOrder({ readings, winProbability }: PairJudgement, shownFirst: 'a' | 'b'): number | undefined {
  const own = readings.flatMap(({ first, winProbability: p }) =>
    first === shownFirst && p !== undefined ? [p] : [],
  )
  return own.length > 0 ? own.reduce((sum, p) => sum + p, 0) / own.length : winProbability
}

/**
 * Any judge of `@prefkit/judges` as one that compares: a local model, a server, a panel, a function. Of a pair that is
 * asked in both orders in one call it is asked once, as judges ask both orders themselves; one that asks a single order
 * is believed in the other. Where it has no answer, or abstains, NaN: what learns leaves the pair out.
 * @returns a scorer that throws PrefkitError `BAD_REWARD` where every question fails; a person's interruption.
 */
export const localJudgeScorer = (
  judge: Pick<Judge, 'compare'>,
  { concurrency }: AskingOptions = {},
): PairwiseScorer => ({
  async firstWins(pairs, { signal } = {}) {
    const items = new Map<string, Asked>()
    for (const pair of pairs) {
      const { prompt, first, second } = pair
      const key = keyOf(pair)
      if (!items.has(key)) items.set(key, { prompt: prompt.text, a: first.text, b: second.text })
    }
    const { judgements } = await askJudge(
      'localJudgeScorer',
      [...items.values()],
      (item, call) => judge.compare(item, call),
      { concurrency, signal },
    )
    const answers = new Map([...items.keys()].map((key, i) => [key, judgements[i]]))
    return pairs.map((pair) => {
      const key = keyOf(pair)
      const judgement = answers.get(key)
      const shownFirst = pair.first.text === items.get(key)!.a ? 'a' : 'b'
      const wins = judgement && inOrder(judgement, shownFirst)
      if (wins === undefined) return Number.NaN
      return shownFirst === 'a' ? wins : 1 - wins
    })
  },
})

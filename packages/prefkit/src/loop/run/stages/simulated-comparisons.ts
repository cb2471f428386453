import { type Comparisons, comparisonsOf, simulateAnnotations } from '@prefkit/noise'
import { type AnnotatorConfig, annotatorModel } from '../../../noise/annotator-model'
import { PrefkitError } from '../../../prefkit-error'
import type { LoopPrompt } from '../../prompts/prompt'
import type { Rollout } from '../../rollouts/rollout'
import { type LabelPairs, pairOf } from './label-pairs'

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** What annotators see of responses: their golden scores, and lengths in characters. */
function seen(rollouts: readonly Rollout[], scores: readonly number[]): Comparisons {
  const pairs = rollouts.length / 2
  const first = Int32Array.from({ length: pairs }, (_, i) => 2 * i)
  const second = Int32Array.from({ length: pairs }, (_, i) => 2 * i + 1)
  const lengths = rollouts.map(({ text }) => text.length)
  return comparisonsOf({ scores, lengths }, { first, second })
}

/** Who labels, and of which pairs what is said is left as it is. */
export interface AnnotatorLabelsOptions {
  readonly annotator: AnnotatorConfig
  /** Share of the labels that are turned around, of pairs that are learnt from. */
  readonly flip: number
  /** Whether comparisons of responses to a prompt are only tested on: nobody turns these around, as they are what is measured by. */
  readonly isTest: (prompt: LoopPrompt) => boolean
  readonly seed: number
}

/**
 * Pairs labelled by simulated annotators of a golden score. Ties, and pairs of equal texts, are left out.
 * @param score the golden scores of responses.
 */
export function annotatorLabels(
  score: (rollouts: readonly Rollout[]) => Promise<readonly number[]>,
  { annotator, flip, isTest, seed }: AnnotatorLabelsOptions,
): LabelPairs {
  const labelsOf = (like: AnnotatorConfig, comparisons: Comparisons, offset: number) =>
    simulateAnnotations(comparisons, annotatorModel(like, comparisons, { seed }).annotator, { seed, offset })
  return async (rollouts, offset) => {
    const scores = await score(rollouts)
    const missing = scores.findIndex((value) => Number.isNaN(value))
    if (missing >= 0) {
      const message = `comparisons.golden: gave no score for a response to prompt ${rollouts[missing]!.prompt.id}`
      throw new PrefkitError('BAD_REWARD', message)
    }
    const comparisons = seen(rollouts, scores)
    const told = labelsOf(annotator, comparisons, offset)
    const turned = flip > 0 ? labelsOf({ ...annotator, flip }, comparisons, offset) : told
    const decided = Array.from(told, (label, i) => ({
      label: isTest(rollouts[2 * i]!.prompt) ? label : turned[i]!,
      ...{ first: rollouts[2 * i]!, second: rollouts[2 * i + 1]! },
      gap: scores[2 * i]! - scores[2 * i + 1]!,
    })).filter(({ label, first, second }) => label !== 0 && first.text !== second.text)
    const pairs = decided.map(({ label, first, second }) =>
      label > 0 ? pairOf(first, second) : pairOf(second, first),
    )
    const unequal = decided.filter(({ gap }) => gap !== 0)
    const wrong = unequal.filter(({ label, gap }) => label * gap < 0)
    return {
      pairs,
      metrics: {
        pairs: pairs.length,
        'golden/mean': mean(scores),
        'golden/difference': mean(Array.from(comparisons.deltas, Math.abs)),
        'golden/equal': 1 - unequal.length / Math.max(1, decided.length),
        ...(unequal.length > 0 && { label_error: wrong.length / unequal.length }),
      },
    }
  }
}

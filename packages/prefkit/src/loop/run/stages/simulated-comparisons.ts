import { type Comparisons, comparisonsOf, simulateAnnotations } from '@prefkit/noise'
import { type AnnotatorConfig, annotatorModel } from '../../../noise/annotator-model'
import { PrefkitError } from '../../../prefkit-error'
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

/**
 * Pairs labelled by simulated annotators of a golden score. Ties, and pairs of equal texts, are left out.
 * @param score the golden scores of responses.
 */
export function annotatorLabels(
  score: (rollouts: readonly Rollout[]) => Promise<readonly number[]>,
  annotator: AnnotatorConfig,
  seed: number,
): LabelPairs {
  return async (rollouts, offset) => {
    const scores = await score(rollouts)
    const missing = scores.findIndex((value) => Number.isNaN(value))
    if (missing >= 0) {
      const message = `comparisons.golden: gave no score for a response to prompt ${rollouts[missing]!.prompt.id}`
      throw new PrefkitError('BAD_REWARD', message)
    }
    const comparisons = seen(rollouts, scores)
    const model = annotatorModel(annotator, comparisons, { seed })
    const labels = simulateAnnotations(comparisons, model.annotator, { seed, offset })
    const decided = Array.from(labels, (label, i) => ({
      label,
      first: rollouts[2 * i]!,
      second: rollouts[2 * i + 1]!,
    }))
      .map((pair, i) => ({ ...pair, gap: scores[2 * i]! - scores[2 * i + 1]! }))
      .filter(({ label, first, second }) => label !== 0 && first.text !== second.text)
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

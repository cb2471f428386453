import { logisticRegression } from '@prefkit/evals'
import { checkGroups, type HeldOutOptions, heldOutNames, predictHeldOut } from '../calibration/held-out-folds'
import {
  checkLabelled,
  type JudgedPair,
  outcomeOf,
  type PairLabel,
  probabilityOf,
} from '../calibration/pair-label'
import { type PredictionScores, scorePredictions } from '../calibration/prediction-scores'
import { checkOptions, checkRange, type OptionNames } from '../check-options'
import { JudgeError } from '../judge-error'
import { defaultClip, logOdds } from '../judging/log-odds'
import type { PanelWeights } from './panel-judge'
import { poolProbabilities } from './pool-probabilities'

/** Options of {@link fitPanelWeights}. */
export interface FitPanelWeightsOptions extends HeldOutOptions {
  /**
   * λ > 0 of the ridge penalty ½ λ ‖w‖² on the summed loss: judges that always agree share their weight. Default: 1.
   */
  l2?: number
  /** How far from 0 and 1 probabilities are kept before their log-odds, in (0, 0.5). Default: 0.001. */
  readonly clip?: number
}

/** Weights of a panel, and whether they are better than none where they were not fitted; plain JSON. */
export interface FittedPanelWeights {
  /** Fitted on all labels; for the option `weights` of `panelJudge`. */
  readonly weights: PanelWeights
  /** Labels fitted on. */
  readonly count: number
  /** Labels that each judge has no answer to, in the order of the judges. */
  readonly missing: readonly number[]
  /** By cross-validation, on the same pairs; a judge without an answer says ½. */
  readonly heldOut: {
    /** The panel, its weights fitted on the other folds. */
    readonly fitted: PredictionScores
    /** The panel with equal weights: the mean of log-odds. */
    readonly uniform: PredictionScores
    /** Each judge alone, in the order of the judges. */
    readonly alone: readonly PredictionScores[]
  }
}

const names: OptionNames<FitPanelWeightsOptions> = { ...heldOutNames, l2: true, clip: true }

interface Row {
  readonly probabilities: readonly (number | undefined)[]
  readonly outcome: number
}

/** Weights w of σ(Σ w log-odds); without an intercept, which would prefer a place. */
function fitWeights(rows: readonly Row[], l2: number, clip: number): number[] {
  const features = rows.map(({ probabilities }) =>
    probabilities.map((p) => (p === undefined ? 0 : logOdds(p, clip))),
  )
  const labels = rows.map(({ outcome }) => outcome)
  return logisticRegression({ features, labels }, { l2, intercept: false }).coefficients
}

function check({ l2 = 1, clip = defaultClip, groups }: FitPanelWeightsOptions, labels: readonly unknown[]) {
  checkRange('l2', l2, Number.MIN_VALUE)
  checkRange('clip', clip, Number.MIN_VALUE, 0.5)
  checkGroups(groups, labels)
}

function rowsOf(judgements: Readonly<Record<string, readonly JudgedPair[]>>, labels: readonly PairLabel[]) {
  const judges = Object.keys(judgements)
  if (judges.length === 0)
    throw new JudgeError('EMPTY', 'judgements', 'judgements has no judges; expected one or more')
  for (const judge of judges)
    checkLabelled(`judgements[${JSON.stringify(judge)}]`, judgements[judge]!, labels)
  return labels.map(
    (label, i): Row => ({
      outcome: outcomeOf(label, i),
      probabilities: judges.map((judge) =>
        probabilityOf(judgements[judge]![i], `judgements[${JSON.stringify(judge)}][${i}]`),
      ),
    }),
  )
}

/**
 * Weights of a panel of judges that make labels likeliest: logistic regression, with a ridge penalty and no intercept,
 * of which response is better on the judges' log-odds (stacking), so that P(a) + P(b) = 1. Judges that repeat one
 * another share a weight; one that is wrong more often than right has a negative one.
 *
 * Wolpert (1992), Neural Networks 5(2), for stacking.
 *
 * @param judgements what each judge said of each labelled pair, by the judge's name; a missing answer adds nothing
 * @param labels as many; a tie counts as half of each
 * @throws JudgeError `EMPTY` for no judges or fewer than two groups, `LENGTH_MISMATCH`, `OUT_OF_RANGE`,
 *   `INVALID_INPUT`, `INVALID_OPTION`.
 */
export function fitPanelWeights(
  judgements: Readonly<Record<string, readonly JudgedPair[]>>,
  labels: readonly PairLabel[],
  options: FitPanelWeightsOptions = {},
): FittedPanelWeights {
  checkOptions('fitPanelWeights', options, names)
  check(options, labels)
  const { l2 = 1, clip = defaultClip, ...heldOut } = options
  const judges = Object.keys(judgements)
  const rows = rowsOf(judgements, labels)
  const outcomes = rows.map(({ outcome }) => outcome)
  const pool = (weights: readonly number[], { probabilities }: Row) =>
    poolProbabilities(probabilities, { combine: 'log-odds', weights, clip })
  const fitted = predictHeldOut(rows, heldOut, (others) => fitWeights(others, l2, clip), pool)
  const equal = judges.map(() => 1 / judges.length)
  return {
    weights: { judges, weights: fitWeights(rows, l2, clip), combine: 'log-odds', clip },
    count: rows.length,
    missing: judges.map((_, j) => rows.filter(({ probabilities }) => probabilities[j] === undefined).length),
    heldOut: {
      fitted: scorePredictions(fitted, outcomes),
      uniform: scorePredictions(
        rows.map((row) => pool(equal, row)),
        outcomes,
      ),
      alone: judges.map((_, j) =>
        scorePredictions(
          rows.map(({ probabilities }) => probabilities[j] ?? 0.5),
          outcomes,
        ),
      ),
    },
  }
}

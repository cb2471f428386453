import { fitIsotonic, fitTemperature } from '@prefkit/evals'
import { checkOptions, choose, type OptionNames } from '../check-options'
import { defaultClip, logOdds } from '../judging/log-odds'
import { type Calibration, calibrationFunction } from './calibration'
import { checkGroups, type HeldOutOptions, heldOutNames, predictHeldOut } from './held-out-folds'
import { checkLabelled, type JudgedPair, outcomeOf, type PairLabel, probabilityOf } from './pair-label'
import { type PredictionScores, scorePredictions } from './prediction-scores'

/** Options of {@link fitCalibration}. */
export interface FitCalibrationOptions extends HeldOutOptions {
  /**
   * `temperature`: one number, enough for some dozen labels. `isotonic`: any rising function, which wants hundreds.
   * Default: `temperature`.
   */
  readonly method?: Calibration['method']
}

/** A calibration, and whether it helps where it was not fitted; plain JSON. */
export interface FittedCalibration {
  /** Fitted on all labels. */
  readonly calibration: Calibration
  /**
   * Whether the labels told it. `fitted`: they did. `separable`: no label is against the judge, so that every higher
   * certainty fits them better and there is no best; probabilities are left as they are (`inverseTemperature` 1), which is
   * no estimate, and one more label may change it much. `uninformative`: the judge is right no more often than wrong, and
   * every probability becomes ½ (`inverseTemperature` 0). Isotonic regression always has a best: `fitted`.
   */
  readonly status: 'fitted' | 'separable' | 'uninformative'
  /** Labels with a judgement, which were fitted on. */
  readonly count: number
  /** Labels without: not asked, failed or abstained. */
  readonly missing: number
  /** How the judge's probabilities do on these labels as they are, and calibrated on the other folds. */
  readonly heldOut: { readonly before: PredictionScores; readonly after: PredictionScores }
}

const names: OptionNames<FitCalibrationOptions> = { ...heldOutNames, method: true }

interface Row {
  readonly probability: number
  readonly outcome: number
}

/** Log-odds of what was labelled; a tie is one of each sign, and then decided pairs count twice as well. */
function marginsOf(rows: readonly Row[]): number[] {
  const hasTies = rows.some(({ outcome }) => outcome === 0.5)
  return rows.flatMap(({ probability, outcome }) => {
    const margin = logOdds(probability, defaultClip)
    if (outcome === 0.5) return [margin, -margin]
    const towards = outcome === 1 ? margin : -margin
    return hasTies ? [towards, towards] : [towards]
  })
}

type Fit = Pick<FittedCalibration, 'calibration' | 'status'>

/** A judge that is never wrong on these labels has no finite temperature, and is left as it is. */
function temperature(rows: readonly Row[]): Fit {
  const { inverseTemperature, status } = fitTemperature(marginsOf(rows))
  return {
    calibration: { method: 'temperature', inverseTemperature: inverseTemperature ?? 1, clip: defaultClip },
    status,
  }
}

/**
 * Each pair is taken in both orders, so that the function treats a and b alike. Nothing is claimed nearer to certainty
 * than 1 / (n + 2), as the rule of succession has it: isotonic regression alone ends in 0 and 1.
 */
function isotonic(rows: readonly Row[]): Fit {
  const x = rows.flatMap(({ probability }) => [probability, 1 - probability])
  const y = rows.flatMap(({ outcome }) => [outcome, 1 - outcome])
  return {
    calibration: { method: 'isotonic', ...fitIsotonic({ x, y }), clip: 1 / (rows.length + 2) },
    status: 'fitted',
  }
}

const methods: Readonly<Record<Calibration['method'], (rows: readonly Row[]) => Fit>> = {
  temperature,
  isotonic,
}

/**
 * The calibration of a judge's win probabilities that makes labels likeliest, with cross-validated scores before and
 * after.
 *
 * Temperature scaling (Guo et al., 1706.04599) or isotonic regression (Zadrozny and Elkan 2002) of P(a is better),
 * alike for a and b: P'(a) + P'(b) = 1. Where every label agrees with the judge there is no best temperature: `status`
 * says so.
 *
 * @param judgements what the judge said of each labelled pair; those without an answer are left out and counted
 * @param labels as many
 * @returns plain JSON; its `calibration` goes to `calibratedJudge`, also after it was saved and read by
 *   `readCalibration`
 * @throws JudgeError `EMPTY` for fewer than two groups of answered pairs, `LENGTH_MISMATCH`, `OUT_OF_RANGE`,
 *   `INVALID_INPUT`, `INVALID_OPTION`.
 */
export function fitCalibration(
  judgements: readonly JudgedPair[],
  labels: readonly PairLabel[],
  options: FitCalibrationOptions = {},
): FittedCalibration {
  checkOptions('fitCalibration', options, names)
  const { method = 'temperature', groups, ...heldOut } = options
  const fitRows = choose('method', method, methods)
  checkLabelled('judgements', judgements, labels)
  checkGroups(groups, labels)
  const all = judgements.map((judged, i) => ({
    probability: probabilityOf(judged, `judgements[${i}]`),
    outcome: outcomeOf(labels[i]!, i),
    group: groups?.[i] ?? i,
  }))
  const rows = all.filter((row): row is typeof row & Row => row.probability !== undefined)
  const outcomes = rows.map(({ outcome }) => outcome)
  const calibrated = predictHeldOut(
    rows,
    { ...heldOut, groups: rows.map(({ group }) => group) },
    (others) => calibrationFunction(fitRows(others).calibration),
    (calibrate, { probability }) => calibrate(probability),
  )
  const probabilities = rows.map(({ probability }) => probability)
  return {
    ...fitRows(rows),
    count: rows.length,
    missing: all.length - rows.length,
    heldOut: {
      before: scorePredictions(probabilities, outcomes),
      after: scorePredictions(calibrated, outcomes),
    },
  }
}

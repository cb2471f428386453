import type { Conversation } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkOptions, formatValue, type OptionNames } from '../check-options'
import type { Judge, PairJudgement, Provenance, ScoreJudgement } from '../judge'
import { JudgeError } from '../judge-error'
import type { Usage } from '../usage'
import { type Scale, scoringJudge, shareOfScale } from './scale'

/** How a judge grades one output. */
export interface GradeOptions {
  /**
   * The ends of the judge's scale, min < max: the output is scored by itself, and its grade is where the score lies
   * between them. Without it, the output is compared with the expected one, and its grade is the probability that it
   * is the better of the two.
   */
  readonly scale?: Scale
}

/** What is to be graded. */
export interface Output {
  readonly prompt: Conversation
  readonly output: string
  /** What the output is compared with; where it is scored, the reference shown to the judge. */
  readonly expected?: string | undefined
}

/** What every adapter turns into the shape of its framework. */
export interface Grade {
  /** In [0, 1]; absent where the judge has no answer. */
  readonly score?: number
  /** The judge's answer in words, or why there is none. */
  readonly reason: string
  readonly provenance: Provenance
  readonly usage: Usage
}

/** Grades one output. */
export type Grader = (output: Output, options?: CallOptions) => Promise<Grade>

/** The names of `GradeOptions`, for adapters to check theirs with. */
export const gradeOptionNames: OptionNames<GradeOptions> = { scale: true }

const withTexts = (line: string, texts: readonly (string | undefined)[]) =>
  [line, ...texts.filter((text) => text !== undefined)].join('\n\n')

function gradeOfComparison(judgement: PairJudgement): Grade {
  const { verdict, winProbability, provenance, usage, readings, reason } = judgement
  const texts = readings.map(({ text }) => text)
  if (verdict === 'abstained' || winProbability === undefined) {
    const why = `the judge abstained: ${reason ?? 'no reason given'}`
    return { reason: withTexts(why, texts), provenance, usage }
  }
  const line = `better than the expected output with probability ${winProbability.toFixed(3)} (${provenance})`
  return { score: winProbability, reason: withTexts(line, texts), provenance, usage }
}

function gradeOfScore(judgement: ScoreJudgement, scale: Scale): Grade {
  const { score, provenance, usage, readings } = judgement
  const texts = readings.map(({ text }) => text)
  if (score === undefined) {
    const reasons = readings.flatMap(({ reason }) => reason ?? [])
    const why = `the judge gave no score: ${reasons.join('; ') || 'no reason given'}`
    return { reason: withTexts(why, texts), provenance, usage }
  }
  const line = `scored ${score} from ${scale.min} to ${scale.max} (${provenance})`
  return { score: shareOfScale(score, scale), reason: withTexts(line, texts), provenance, usage }
}

function scoreGrader(owner: string, judge: Judge, scale: Scale): Grader {
  const scoring = scoringJudge(owner, judge, scale)
  return async ({ prompt, output, expected }, options) => {
    const reference = expected === undefined ? {} : { reference: expected }
    const item = { prompt, response: output, ...reference }
    return gradeOfScore(await scoring.score(item, options), scale)
  }
}

/**
 * How `judge` grades one output at a time. Throws `JudgeError` for a scale that is none or that the judge cannot
 * answer on; the grader throws it for a missing expected output, and for a score outside the scale.
 */
export function outputGrader(owner: string, judge: Judge, { scale }: GradeOptions): Grader {
  if (scale !== undefined) return scoreGrader(owner, judge, scale)
  return async ({ prompt, output, expected }, options) => {
    if (expected === undefined) {
      const hint = 'a text to compare the output with, or the option scale to score it by itself'
      const message = `${owner}: expected is ${formatValue(expected)}; expected ${hint}`
      throw new JudgeError('INVALID_INPUT', 'expected', message)
    }
    return gradeOfComparison(await judge.compare({ prompt, a: output, b: expected }, options))
  }
}

/** Checks that `options` has only names of `names`, and returns the grader they ask for. */
export function graderOf<T extends GradeOptions>(
  owner: string,
  judge: Judge,
  options: T,
  names: OptionNames<NoInfer<T>>,
): Grader {
  checkOptions(owner, options, names)
  return outputGrader(owner, judge, options)
}

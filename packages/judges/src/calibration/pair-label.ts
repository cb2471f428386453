import { checkList } from '../check-arguments'
import type { PairJudgement } from '../judge'
import { JudgeError } from '../judge-error'
import { winOfVerdict } from '../judging/win-of-verdict'

/** Which response of a pair is better, by who labelled it. */
export type PairLabel = 'a' | 'b' | 'tie'

/** What a judge said of a pair: a judgement, or P(a is better); undefined where it was not asked or failed. */
export type JudgedPair = Pick<PairJudgement, 'verdict' | 'winProbability'> | number | undefined

/** 1 where a is better, 0 where b is, ½ for a tie. Throws `INVALID_INPUT` for anything else. */
export function outcomeOf(label: PairLabel, index: number): number {
  if (Object.hasOwn(winOfVerdict, label)) return winOfVerdict[label]
  const message = `labels[${index}] is ${JSON.stringify(label)}; expected a, b or tie`
  throw new JudgeError('INVALID_INPUT', `labels[${index}]`, message)
}

/** P(a is better), undefined where there is none or the judge abstained. Throws `OUT_OF_RANGE` for no probability. */
export function probabilityOf(judged: JudgedPair, parameter: string): number | undefined {
  if (judged === null)
    throw new JudgeError('INVALID_INPUT', parameter, `${parameter} is null; expected a judgement`)
  const probability = typeof judged === 'object' ? judged.winProbability : judged
  const isAbstained = typeof judged === 'object' && judged.verdict === 'abstained'
  if (probability === undefined || isAbstained) return undefined
  if (probability >= 0 && probability <= 1) return probability
  const message = `${parameter} has the win probability ${probability}; expected a number from 0 to 1`
  throw new JudgeError('OUT_OF_RANGE', parameter, message)
}

/** Throws `LENGTH_MISMATCH` unless there are as many judgements as labels, and `EMPTY` for none. */
export function checkLabelled(
  parameter: string,
  judged: readonly unknown[],
  labels: readonly unknown[],
): void {
  checkList('labels', labels)
  checkList(parameter, judged)
  if (labels.length === 0) throw new JudgeError('EMPTY', 'labels', 'labels is empty; expected one or more')
  if (judged.length === labels.length) return
  const message = `${parameter} has ${judged.length} judgements and labels ${labels.length}; expected as many`
  throw new JudgeError('LENGTH_MISMATCH', parameter, message)
}

import { logSumExp } from '../log-sum-exp'
import type { NextTokenAnswer } from '../logprob-provider'
import type { AnswerIds } from './token-ids'

/** Probabilities of answers, where that of each of their tokens is known by itself. */
export function exactAnswer(
  ids: AnswerIds,
  logprobOf: (id: number) => number,
): Pick<NextTokenAnswer, 'provenance' | 'logprobs' | 'unseen'> {
  const entries = Object.entries(ids)
  return {
    provenance: 'exact',
    logprobs: Object.fromEntries(entries.map(([answer, own]) => [answer, logSumExp(own.map(logprobOf))])),
    unseen: Object.fromEntries(entries.map(([answer]) => [answer, 0])),
  }
}

import { winProbability } from '@prefkit/evals'
import type { ProbabilityBounds, Reading } from '../judge'
import { logSumExp } from '../log-sum-exp'
import type { NextTokenAnswer } from '../logprob-provider'
import { asWinOfA, boundsOfA, type First } from './combine-orders'

/** The smallest σ(a − b) can be where `unseen` may be added to b's probability. */
const lowest = (a: number, b: number, unseen: number): number =>
  a === Number.NEGATIVE_INFINITY ? 0 : winProbability(a - logSumExp([b, Math.log(unseen)]))

/** What P(first) may be, given upper bounds of what each answer has beyond what was seen. */
function boundsOfFirst(a: number, b: number, unseen: Readonly<Record<string, number>>): ProbabilityBounds {
  return { low: lowest(a, b, unseen.b ?? 0), high: 1 - lowest(b, a, unseen.a ?? 0) }
}

const nothingSeen: Readonly<Record<NextTokenAnswer['provenance'], string>> = {
  exact: 'both answers have the probability 0',
  'top-k': 'neither answer is among the most likely tokens',
  sampled: 'no sample is an answer',
}

/** Rounding may carry the logarithm of a sum of probabilities that add up to 1 this far above 0. */
const isLogprob = (x: number | undefined): x is number => x !== undefined && x <= 1e-3

/**
 * One order's reading of P(a is better) = σ(log P(answers for the first) − log P(answers for the second)), turned round
 * where b was first. One side at −∞ is certainty, as far as was seen; both are no answer.
 */
export function readNextToken(first: First, answer: NextTokenAnswer, minAnswerMass = 0): Reading {
  const { provenance, logprobs, unseen } = answer
  const base = { first, provenance }
  const { a, b } = logprobs
  if (!isLogprob(a) || !isLogprob(b)) {
    return { ...base, reason: `the log-probabilities are a: ${a}, b: ${b}; expected two of at most 0` }
  }
  const answerMass = Math.min(1, Math.exp(logSumExp([a, b])))
  if (answerMass === 0 && a === b) return { ...base, answerMass, reason: nothingSeen[provenance] }
  if (answerMass < minAnswerMass) {
    const reason = `the answers together have the probability ${answerMass}; expected at least ${minAnswerMass}`
    return { ...base, answerMass, reason }
  }
  const winOfA = asWinOfA(first, winProbability(a - b))
  if (provenance !== 'top-k') return { ...base, winProbability: winOfA, answerMass }
  // A provider that does not bound what it did not see leaves open all that is not answered.
  const rest = { a: 1 - answerMass, b: 1 - answerMass }
  const bounds = boundsOfA(first, boundsOfFirst(a, b, unseen ?? rest))
  return { ...base, winProbability: winOfA, bounds, answerMass }
}

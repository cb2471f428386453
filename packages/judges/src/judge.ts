import type { CriterionScore, PairItem, Parsed, ResponseItem } from '@prefkit/rubrics'
import type { CallOptions } from './chat-model'
import type { LogprobProvenance } from './logprob-provider'
import type { Usage } from './usage'

/**
 * What a judgement rests on: probabilities of tokens (`exact`, `top-k`, `sampled`), an answer read from text
 * (`parsed`), a reward model's or function's scores (`scores`), or a person (`human`).
 */
export type Provenance = LogprobProvenance | 'parsed' | 'scores' | 'human'

/** What a probability lies between, where it is not known exactly; 0 ≤ low ≤ high ≤ 1. */
export interface ProbabilityBounds {
  readonly low: number
  readonly high: number
}

/** One question put to the judge, and what came of it. */
export interface Reading {
  /** The member that gave it, where a panel judged. */
  readonly judge?: string
  /** The response that was shown first; absent where responses were judged one at a time. */
  readonly first?: 'a' | 'b'
  /** Which response of a pair it is about, where they were judged one at a time. */
  readonly response?: 'a' | 'b'
  /** The score, where responses were judged one at a time. */
  readonly score?: number
  /** Which of several samples of the same question this is, from 0; absent where it was asked once. */
  readonly sample?: number
  readonly provenance: Provenance
  /** P(a is better than b) by this reading, in [0, 1]; absent where it has no answer. */
  readonly winProbability?: number
  /** What `winProbability` may be, where tokens outside the top k leave it open; it counts them as 0. */
  readonly bounds?: ProbabilityBounds
  /** Probability in [0, 1] that the next token, or the sample, is an answer at all; absent where unknown. */
  readonly answerMass?: number
  /** The judge's text, where it wrote one. */
  readonly text?: string
  /** How sure the parse of that text is. */
  readonly parse?: Parsed<unknown>['status']
  /** Why there is no answer. */
  readonly reason?: string
}

/** A judge's opinion of a pair. */
export interface PairJudgement {
  /** `abstained` where the readings have no answer, or less certainty than was asked for. */
  readonly verdict: 'a' | 'b' | 'tie' | 'abstained'
  /** P(a is better than b), in [0, 1], both orders taken together; absent where there is no answer at all. */
  readonly winProbability?: number
  /** What `winProbability` may be, where tokens outside the top k leave it open. */
  readonly bounds?: ProbabilityBounds
  /** The weakest that any reading rests on. */
  readonly provenance: Provenance
  readonly readings: readonly Reading[]
  /** Whether both orders have the same verdict, a tie being one; absent where only one was asked. */
  readonly consistent?: boolean
  readonly usage: Usage
  /** Why the judge abstained. */
  readonly reason?: string
}

/** A judge's score of one response. */
export interface ScoreJudgement {
  /** The mean of the readings that have an answer; absent where none has. */
  readonly score?: number
  /** The mean score of each criterion over the readings that have it, where the format asks for criteria. */
  readonly criteria?: readonly CriterionScore[]
  /** What each vote says; those with an answer have a `score`. */
  readonly readings: readonly Reading[]
  readonly provenance: Provenance
  readonly usage: Usage
}

/** Says which of two responses is better: a model, a panel, a person, a function. */
export interface Judge {
  /** Names the judge in reports. */
  readonly name: string
  /** What tells its judgements from those of others, in journals: plain JSON, and no secrets. */
  readonly identity: Readonly<Record<string, unknown>>
  readonly compare: (pair: PairItem, options?: CallOptions) => Promise<PairJudgement>
}

/** A judge that scores responses one at a time, and compares by scores. */
export interface ScoringJudge extends Judge {
  readonly score: (response: ResponseItem, options?: CallOptions) => Promise<ScoreJudgement>
}

import type { BackendChoice } from '@prefkit/tensor'
import type { Matrix } from '../matrix'
import type { Network } from '../mlp/network'
import type { PairData } from '../pair-data'
import type { TrainingRecord } from '../training-record'

/** What is known of every member's training after an epoch. */
export interface MemberProgress {
  /** Epochs done; of trees, rounds. */
  readonly epoch: number
  readonly step: number
  /** The epoch with the lowest validation loss so far; without validation pairs, the latest. */
  readonly best: { readonly epoch: number }
  /** Validation loss of each epoch. */
  readonly losses: readonly number[]
}

/** One step of a member; the last of an epoch has the state to go on from. */
export interface MemberStep<State> {
  readonly record: TrainingRecord
  readonly state?: State
}

/** The training of an ensemble on its pairs: everything that its members share is prepared. */
export interface Training<Member, State> {
  /** The steps of one member, from the beginning or from a state on. */
  steps(member: number, start: State | undefined): AsyncGenerator<MemberStep<State>>
  /** What a member that is done comes to, for features as they were given. @throws RewardModelError `DIVERGED`. */
  finish(state: State): Promise<Member>
}

/** What learns and scores one kind of model with these options; equal trainings share one. */
export interface Learner<Member, State> {
  /** Makes ready for a training on pairs that were checked. */
  prepare(data: PairData): Training<Member, State>
  /** The reward of each row of features that were checked. */
  score(member: Member, features: Matrix): Promise<Float32Array>
  /** Frees what was compiled or started. */
  release(): Promise<void>
}

/** Where a learner runs. */
export interface LearnerSettings {
  /** Default: `auto`. */
  readonly backend?: BackendChoice | undefined
  /** A network to use, which is left as it is (MLPs only). */
  readonly network?: Network | undefined
}

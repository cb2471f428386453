import { createMlpLearner, type MlpMemberState } from '../mlp/mlp-learner'
import type { MlpOptions } from '../mlp/mlp-options'
import type { Params } from '../mlp/network'
import type { ModelKind } from '../options'
import { createTreesLearner, type TreesMember, type TreesMemberState } from '../trees/trees-learner'
import type { TreesOptions } from '../trees/trees-options'
import type { Learner, LearnerSettings } from './learner'

/** What options, members and states of training are, kind by kind. */
export interface Kinds {
  mlp: { options: MlpOptions; member: Params; state: MlpMemberState }
  trees: { options: TreesOptions; member: TreesMember; state: TreesMemberState }
}

/** Settings of a kind, complete. */
export type OptionsOf<Kind extends ModelKind> = Kinds[Kind]['options']
/** What a member of a kind is. */
export type MemberOf<Kind extends ModelKind> = Kinds[Kind]['member']
/** Where the training of a member of a kind stands. */
export type StateOf<Kind extends ModelKind> = Kinds[Kind]['state']

/** The learner of a kind. */
export type LearnerOf<Kind extends ModelKind> = Learner<MemberOf<Kind>, StateOf<Kind>>

const learners: {
  readonly [Kind in ModelKind]: (options: OptionsOf<Kind>, settings: LearnerSettings) => LearnerOf<Kind>
} = { mlp: createMlpLearner, trees: createTreesLearner }

/** What learns and scores models with these options. Nothing is compiled or started before its first use. */
export function createLearner<Kind extends ModelKind>(
  options: OptionsOf<Kind>,
  settings: LearnerSettings = {},
): LearnerOf<Kind> {
  // The table has for each kind the learner of its own.
  const create = learners[options.kind] as (o: OptionsOf<Kind>, s: LearnerSettings) => LearnerOf<Kind>
  return create(options, settings)
}

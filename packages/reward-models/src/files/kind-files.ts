import type { MemberOf, OptionsOf, StateOf } from '../kinds/kinds'
import type { ModelKind } from '../options'
import { mlpFiles } from './mlp-files'
import { treesFiles } from './trees-files'

/** What is known of a training's files before they are read. */
export interface StateCounters {
  /** Members that are done. */
  readonly finished: number
  readonly epoch: number
  readonly step: number
  readonly bestEpoch: number
  readonly losses: readonly number[]
}

/** Members that are done, and the one that is learning. */
export interface SavedTraining<Member, State> {
  readonly finished: readonly Member[]
  readonly current: State
}

/** The files of one kind, beside the JSON that all kinds have. Reading throws RewardModelError `INVALID_MODEL` naming the file. */
export interface KindFiles<Options, Member, State> {
  writeMembers(directory: string, members: readonly Member[]): Promise<void>
  readMembers(directory: string, expected: ExpectedMembers<Options>): Promise<readonly Member[]>
  writeState(directory: string, state: SavedTraining<Member, State>): Promise<void>
  readState(
    directory: string,
    counters: StateCounters,
    expected: Omit<ExpectedMembers<Options>, 'members'>,
  ): Promise<SavedTraining<Member, State>>
}

/** What the members of a file have to be. */
export interface ExpectedMembers<Options> {
  readonly options: Options
  readonly inputs: number
  readonly members: number
}

/** The files of a kind. */
export type FilesOf<Kind extends ModelKind> = KindFiles<OptionsOf<Kind>, MemberOf<Kind>, StateOf<Kind>>

const table: { readonly [Kind in ModelKind]: FilesOf<Kind> } = { mlp: mlpFiles, trees: treesFiles }

/** The files of the kind that the options are of. */
export function filesOf<Kind extends ModelKind>({ kind }: OptionsOf<Kind>): FilesOf<Kind> {
  // The table has for each kind the files of its own.
  return table[kind] as unknown as FilesOf<Kind>
}

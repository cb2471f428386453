import { wrongOptions } from '@prefkit/tensor'
import type { Check } from './common-options'
import { type MlpOptions, mlpChecks, mlpDefaults } from './mlp/mlp-options'
import { RewardModelError } from './reward-model-error'
import { checkTreesOptions, type TreesOptions, treesChecks, treesDefaults } from './trees/trees-options'

/** Settings of a reward model and its training, complete; `kind` says which. */
export type RewardModelOptions = MlpOptions | TreesOptions

/** What a reward model is made of. */
export type ModelKind = RewardModelOptions['kind']

/** Settings of an MLP, or of trees, as they are given: what is left out has its default. */
export type RewardModelSettings = Partial<MlpOptions> | TreesSettings

/** Settings of trees, as they are given. */
export type TreesSettings = Partial<TreesOptions> & Pick<TreesOptions, 'kind'>

/** The defaults of an MLP, which is what settings without a `kind` are of. */
export const defaultRewardModelOptions: MlpOptions = mlpDefaults

/** The defaults of trees. */
export const defaultTreesOptions: TreesOptions = treesDefaults

interface KindRules<Options> {
  readonly defaults: Options
  readonly checks: Readonly<Record<keyof Options, Check>>
  /** What a check of single settings cannot see. */
  readonly checkAll?: (options: Options) => void
}

const rules: { readonly [Kind in ModelKind]: KindRules<Extract<RewardModelOptions, { kind: Kind }>> } = {
  mlp: { defaults: mlpDefaults, checks: mlpChecks },
  trees: { defaults: treesDefaults, checks: treesChecks, checkAll: checkTreesOptions },
}

/**
 * The given settings with the defaults of their kind filled in.
 * @throws RewardModelError `INVALID_OPTION` naming the setting, its value and what was expected.
 */
export function resolveOptions(given: TreesSettings): TreesOptions
export function resolveOptions(given?: Partial<MlpOptions>): MlpOptions
export function resolveOptions(given: RewardModelSettings): RewardModelOptions
export function resolveOptions(given: RewardModelSettings = {}): RewardModelOptions {
  const kind = kindOf(given)
  // The table has for each kind the rules of its own.
  const { defaults, checks, checkAll } = rules[kind] as KindRules<RewardModelOptions>
  const wrong = wrongOptions(given, checks)
  if (wrong !== undefined) {
    throw new RewardModelError('INVALID_OPTION', kind === 'mlp' ? wrong : `of ${kind}: ${wrong}`)
  }
  // Checked next.
  const options = { ...defaults, ...definedOnly(given) } as RewardModelOptions
  for (const [name, [expected, holds]] of Object.entries(checks)) {
    const value = options[name as keyof RewardModelOptions]
    if (holds(value as never)) continue
    throw new RewardModelError('INVALID_OPTION', `${name}: expected ${expected}, got ${shown(value)}`)
  }
  checkAll?.(options)
  return options
}

function kindOf(given: RewardModelSettings): ModelKind {
  const kind: unknown = given?.kind ?? 'mlp'
  if (typeof kind === 'string' && Object.hasOwn(rules, kind)) return kind as ModelKind
  const expected = Object.keys(rules).join(', ')
  throw new RewardModelError('INVALID_OPTION', `kind: expected one of ${expected}, got ${shown(kind)}`)
}

const shown = (value: unknown): string => (typeof value === 'number' ? `${value}` : JSON.stringify(value))

const definedOnly = <T extends object>(given: T): Partial<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>

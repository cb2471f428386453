/** Settings by their paths, such as `policy.steps`; lists of plain values are one setting. */
export type FlatSettings = ReadonlyMap<string, unknown>

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null

const isList = (value: object): boolean =>
  (Array.isArray(value) && !value.some(isTree)) || Object.keys(value).length === 0

/** All settings of a tree by their paths. */
export function flatSettings(tree: unknown, path = ''): FlatSettings {
  if (!isTree(tree) || isList(tree)) return new Map([[path, tree]])
  const parts = Object.entries(tree).flatMap(([name, value]) => [
    ...flatSettings(value, path === '' ? name : `${path}.${name}`),
  ])
  return new Map(parts)
}

/** The setting at a path, or undefined. */
export const settingAt = (tree: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, name) => (isTree(value) ? (value as Record<string, unknown>)[name] : undefined),
      tree,
    )

/** A setting for reading: a dash where there is none. */
export const settingText = (value: unknown): string => {
  if (value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

interface NamedReward {
  readonly type?: unknown
  readonly name?: unknown
}

/** Names under which the win probability against anchors is logged. */
export function winNames(settings: unknown): string[] {
  const rewards = settingAt(settings, 'policy.rewards')
  const own = (Array.isArray(rewards) ? (rewards as NamedReward[]) : [])
    .filter(({ type }) => type === 'winProbability')
    .map(({ type, name }) => String(name ?? type))
  return [...new Set([...own, 'winProbability', 'win_probability'])]
}

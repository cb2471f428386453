import { mlflowName } from './metric-key'

/** A parameter of a run, as MLflow takes it. */
export interface MlflowParameter {
  readonly key: string
  readonly value: string
}

/** MLflow's limit for values, in characters. */
const longest = 6000

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The leaves of a configuration under their paths, such as `policy.lora.rank`; lists are leaves, as JSON. */
export function flattenParameters(config: object, path = ''): MlflowParameter[] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]) => {
    const key = path ? `${path}.${name}` : name
    if (isObject(value)) return flattenParameters(value, key)
    if (value === undefined) return []
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return [{ key: mlflowName(key), value: text.slice(0, longest) }]
  })
}

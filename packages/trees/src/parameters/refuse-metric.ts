import { shown } from '../data/shown'
import { TreesError } from '../trees-error'
import { metricAliases, metricNames } from './names'
import { suggestion } from './nearest-name'

/** How LightGBM says that no metric is wanted. */
const none: ReadonlySet<string> = new Set(['none', 'null', 'custom', 'na', ''])

function hint(name: string): string {
  const [base, rank] = name.split('@') as [string, string?]
  if (rank !== undefined && (base === 'ndcg' || base === 'map')) return `use '${base}' and eval_at [${rank}]`
  if (Object.hasOwn(metricAliases, name)) return `use '${metricAliases[name]}'`
  return suggestion(name, metricNames, (near) => `'${near}'`) ?? `expected one of ${metricNames.join(', ')}`
}

/** Throws `INVALID_PARAMETER` for a name that is no metric's, and says which was meant. */
export function refuseMetric(name: string): never {
  const message = none.has(name.toLowerCase())
    ? `metric is ${shown(name)}; for none, use metric []`
    : `no metric ${shown(name)}; ${hint(name)}`
  throw new TreesError('INVALID_PARAMETER', message)
}

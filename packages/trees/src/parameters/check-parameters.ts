import { shown } from '../data/shown'
import { TreesError } from '../trees-error'
import { checkCombination } from './check-combination'
import { deriveSeeds } from './derive-seeds'
import { isMetric, metricOfObjective, objectiveAliases } from './names'
import { suggestion } from './nearest-name'
import { parameterAliases, unsupportedAliases, unsupportedParameters } from './parameter-names'
import type { ParameterOptions, Parameters } from './parameters'
import { refuseMetric } from './refuse-metric'
import { type NumberRange, type Specification, specifications } from './specifications'

const INT32 = 2 ** 31 - 1

const invalid = (message: string) => new TreesError('INVALID_PARAMETER', message)

function rangeText(range: NumberRange): string {
  const { above, least, most, below } = range
  const low = above === undefined ? (least === undefined ? '' : `of at least ${least}`) : `above ${above}`
  const high = most === undefined ? (below === undefined ? '' : `below ${below}`) : `of at most ${most}`
  return [low, high].filter((part) => part !== '').join(' and ')
}

const within = (value: number, { above, least, most, below }: NumberRange) =>
  (above === undefined || value > above) &&
  (least === undefined || value >= least) &&
  (most === undefined || value <= most) &&
  (below === undefined || value < below)

function checkNumber(name: string, value: unknown, whole: boolean, range: NumberRange): void {
  const right = typeof value === 'number' && Number.isFinite(value) && within(value, range)
  if (right && (!whole || (Number.isInteger(value) && Math.abs(value) <= INT32))) return
  const what = `${whole ? 'an integer' : 'a finite number'} ${rangeText(range)}`.trimEnd()
  throw invalid(`${name} is ${shown(value)}; expected ${what}`)
}

function checkList(name: string, value: unknown, what: string, check: (name: string, item: unknown) => void) {
  if (!Array.isArray(value)) throw invalid(`${name} is ${shown(value)}; expected an array of ${what}`)
  value.forEach((item: unknown, i) => {
    check(`${name}[${i}]`, item)
  })
}

function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (typeof value === 'string' && choices.includes(value)) return
  const others = otherChoices[name] ?? {}
  const other = typeof value === 'string' && Object.hasOwn(others, value) ? others[value] : undefined
  if (other?.unsupported)
    throw new TreesError('UNSUPPORTED', `${name} ${shown(value)} is not supported; ${other.use}`)
  if (other) throw invalid(`${name} is ${shown(value)}; use ${other.use}`)
  throw invalid(`${name} is ${shown(value)}; expected one of ${choices.join(', ')}`)
}

/** Choices of LightGBM that we have under another name, or not at all. */
const otherChoices: Readonly<
  Record<string, Readonly<Record<string, { use: string; unsupported?: boolean }>>>
> = {
  objective: {
    ...Object.fromEntries(
      Object.entries(objectiveAliases).map(([alias, use]) => [alias, { use: `'${use}'` }]),
    ),
  },
  boosting: {
    goss: { use: "boosting 'gbdt' and data_sample_strategy 'goss'" },
    gbrt: { use: "'gbdt'" },
    random_forest: { use: "'rf'" },
  },
  monotone_constraints_method: {
    intermediate: { use: "use 'basic'", unsupported: true },
    advanced: { use: "use 'basic'", unsupported: true },
  },
}

function checkMetricName(name: string, value: unknown): void {
  if (typeof value !== 'string') throw invalid(`${name} is ${shown(value)}; expected the name of a metric`)
  if (!isMetric(value)) refuseMetric(value)
}

type Kinds = { [K in Specification['kind']]: Extract<Specification, { kind: K }> }
type Checks = { [K in keyof Kinds]: (name: string, value: unknown, specification: Kinds[K]) => void }

const checks: Checks = {
  boolean: (name, value) => {
    if (typeof value !== 'boolean') throw invalid(`${name} is ${shown(value)}; expected true or false`)
  },
  integer: (name, value, range) => checkNumber(name, value, true, range),
  number: (name, value, range) => checkNumber(name, value, false, range),
  integers: (name, value, range) =>
    checkList(name, value, 'integers', (place, item) => checkNumber(place, item, true, range)),
  numbers: (name, value, range) =>
    checkList(name, value, 'numbers', (place, item) => checkNumber(place, item, false, range)),
  choice: (name, value, { choices }) => checkChoice(name, value, choices),
  names: (name, value) => checkList(name, value, 'names of metrics', checkMetricName),
}

/** What a table has for a name of its own, not for one that every object has. */
const entryOf = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

function checkName(name: string): asserts name is keyof Parameters {
  if (Object.hasOwn(specifications, name)) return
  const use = entryOf(parameterAliases, name)
  if (use !== undefined) throw invalid(`${name} is another name of ${use}; use ${use}`)
  const missing = Object.hasOwn(unsupportedParameters, name) ? name : entryOf(unsupportedAliases, name)
  if (missing !== undefined) {
    const hint = unsupportedParameters[missing]
    const also = missing === name ? '' : ` (LightGBM's ${missing})`
    throw new TreesError(
      'UNSUPPORTED',
      `${name}${also} is not supported${hint ? `; ${hint}` : '; leave it out'}`,
    )
  }
  const names = [...Object.keys(specifications), ...Object.keys(parameterAliases)]
  const meant = suggestion(name, names, (near) => entryOf(parameterAliases, near) ?? near)
  throw invalid(`no parameter ${shown(name)}; ${meant ?? 'see the type Parameters for those there are'}`)
}

function checkValue(name: keyof Parameters, value: unknown): void {
  const specification = specifications[name]
  // The specification is of the kind that chooses the check, which a union of functions cannot say.
  const check = checks[specification.kind] as (name: string, value: unknown, of: Specification) => void
  check(name, value, specification)
}

const asList = (metric: ParameterOptions['metric']) => (typeof metric === 'string' ? [metric] : metric)

function given(options: ParameterOptions): Partial<Parameters> {
  const value: unknown = options
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`parameters are ${shown(value)}; expected an object such as { num_leaves: 31 }`)
  }
  const entries = Object.entries({ ...options, metric: asList(options.metric) }).filter(
    ([, item]) => item !== undefined,
  )
  for (const [name, item] of entries) {
    checkName(name)
    checkValue(name, item)
  }
  // Every entry was checked against its parameter's specification.
  return Object.fromEntries(entries) as Partial<Parameters>
}

const defaults = Object.fromEntries(Object.entries(specifications).map(([name, { value }]) => [name, value]))

/**
 * Every parameter, with LightGBM's default where none is given; what LightGBM changes silently or with a warning is
 * changed alike, and `onWarning` is told.
 *
 * Source: LightGBM, `src/io/config.cpp`. Proven against LightGBM 4.7.0 (`parameters/parameter-lines.test.ts`).
 *
 * @throws TreesError `INVALID_PARAMETER` for an unknown name, another name of a parameter (the message says which to
 * use), a value of another kind or out of range, and values that cannot go together; `UNSUPPORTED` for a parameter of
 * LightGBM that is not honoured.
 */
export function checkParameters(
  options: ParameterOptions,
  onWarning: (message: string) => void = () => {},
): Parameters {
  const own = given(options)
  const seeds = own.seed === undefined ? {} : deriveSeeds(own.seed)
  // Specifications have an entry for every parameter, of its type.
  const all = { ...defaults, ...seeds, ...own } as unknown as Parameters
  const named = {
    ...all,
    metric: [...new Set(own.metric ?? metricOfObjective[all.objective])],
    eval_at: [...all.eval_at].sort((a, b) => a - b),
  }
  return checkCombination(named, own, onWarning)
}

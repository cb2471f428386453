import { PrefkitError } from '../../prefkit-error'
import { chosen } from '../choices/named-choice'
import { type MonitorSettings, monitors } from './monitors'

type Values = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNumber = (value: unknown): boolean => typeof value === 'number' && value > 0 && Number.isFinite(value)
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/** What an option may be, by what its default is. */
const kinds = [
  { is: (value: unknown) => typeof value === 'number', takes: isNumber, expected: 'a number above 0' },
  { is: (value: unknown) => typeof value === 'string', takes: isText, expected: 'the name of a metric' },
  {
    is: Array.isArray,
    takes: (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isText),
    expected: 'a list of names of metrics',
  },
  {
    is: isObject,
    takes: (value: unknown) => isObject(value) && Object.values(value).every(isNumber),
    expected: 'numbers above 0 by names of metrics',
  },
]

const refuse = (what: string, expected: string, got: unknown): never => {
  throw new PrefkitError('INVALID_CONFIG', `${what}: expected ${expected}, got ${JSON.stringify(got)}`)
}

function checkOptions(what: string, options: Values, defaults: Values): void {
  for (const [name, value] of Object.entries(options)) {
    const standard = chosen(what, name, defaults)
    const kind = kinds.find(({ is }) => is(standard))!
    if (!kind.takes(value)) refuse(`${what}.${name}`, kind.expected, value)
    const isCount = name === 'window' || name === 'before' || name === 'jumpSteps' || name === 'warmup'
    // A deviation needs two numbers, and a step that is half a step is none.
    if (isCount && !(Number.isInteger(value) && Number(value) >= 2))
      refuse(`${what}.${name}`, 'a whole number of at least 2', value)
  }
}

/**
 * Thresholds of monitors as a configuration has them, checked: `{ 'kl-blow-up': { window: 5 }, 'length-drift': false
 * }`.
 *
 * @param what - Where they stand, for messages.
 * @throws PrefkitError `INVALID_CONFIG` for an unknown monitor or option, with the nearest name, or a value that it
 * does not take.
 */
export function monitorSettings(settings: Values, what = 'monitors'): MonitorSettings {
  for (const [name, options] of Object.entries(settings)) {
    const { defaults } = chosen(what, name, monitors)
    if (options === false) continue
    if (!isObject(options)) refuse(`${what}.${name}`, 'options, or false', options)
    // It is an object, as `refuse` throws; and its options are those of the monitor, as each of them is checked.
    checkOptions(`${what}.${name}`, options as Values, { ...defaults })
  }
  return settings as MonitorSettings
}

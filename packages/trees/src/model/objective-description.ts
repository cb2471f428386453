import { TreesError } from '../trees-error'
import { quoted } from './model-error'

/** What the objective's line of a model says, taken apart. */
export interface ObjectiveDescription {
  readonly name: string
  /** Classes that a row has scores of; 1 where the objective has no classes. */
  readonly numClass: number
  readonly sigmoid: number
  /** Scores are of the label's root, sign kept. */
  readonly sqrt: boolean
}

type Option = 'num_class' | 'sigmoid' | 'sqrt'

/** Each objective's options; those LightGBM writes always are required. */
const objectives: Readonly<Record<string, readonly Option[]>> = {
  regression: ['sqrt'],
  regression_l1: ['sqrt'],
  huber: ['sqrt'],
  fair: ['sqrt'],
  poisson: ['sqrt'],
  quantile: ['sqrt'],
  mape: ['sqrt'],
  gamma: ['sqrt'],
  tweedie: ['sqrt'],
  binary: ['sigmoid'],
  cross_entropy: [],
  cross_entropy_lambda: [],
  multiclass: ['num_class'],
  multiclassova: ['num_class', 'sigmoid'],
  lambdarank: [],
  rank_xendcg: [],
  custom: [],
  bradley_terry: [],
}

const failure = (description: string, expected: string): TreesError =>
  new TreesError('INVALID_MODEL', `objective is ${quoted(description)}; expected ${expected}`)

function optionsOf(description: string, words: readonly string[], known: readonly Option[]) {
  const options = new Map<string, string>()
  for (const word of words) {
    const [key, value = ''] = word.split(':') as [string, string?]
    const expected = known.map((name) => (name === 'sqrt' ? name : `${name}:…`)).join(' ')
    if (!known.some((name) => name === key) || options.has(key)) {
      throw failure(description, expected === '' ? 'no options' : `options ${expected}`)
    }
    options.set(key, value)
  }
  return options
}

/**
 * Takes an objective's description apart, such as `multiclassova num_class:3 sigmoid:1`; an empty one is `custom`.
 *
 * @throws TreesError `INVALID_MODEL` for an objective or option there is not, and for options out of range.
 */
export function parseObjective(description: string): ObjectiveDescription {
  const [name = 'custom', ...words] = description.split(' ').filter((word) => word !== '')
  const known = Object.hasOwn(objectives, name) ? objectives[name] : undefined
  if (known === undefined) {
    throw failure(description, `one of ${Object.keys(objectives).join(', ')}, or none`)
  }
  const options = optionsOf(description, words, known)
  const number = (key: Option, least: number, expected: string): number => {
    if (!known.includes(key)) return 1
    const value = Number(options.get(key) || Number.NaN)
    if (value >= least && value < Number.POSITIVE_INFINITY) return value
    throw failure(description, `${key}:… of ${expected}`)
  }
  const numClass = number('num_class', 1, 'an integer of at least 1')
  if (!Number.isInteger(numClass)) throw failure(description, 'num_class:… of an integer of at least 1')
  return {
    name,
    numClass,
    sigmoid: number('sigmoid', Number.MIN_VALUE, 'a number above 0'),
    sqrt: options.has('sqrt'),
  }
}

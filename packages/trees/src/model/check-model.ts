import { shown } from '../data/shown'
import { TreesError } from '../trees-error'
import type { BoostedTrees } from './boosted-trees'
import type { Tree } from './tree'

type ArrayName = {
  [K in keyof Tree]-?: Tree[K] extends ArrayLike<number> ? K : never
}[keyof Tree]

interface Kind {
  readonly type: string
  /** Entries of a tree of `n` leaves; absent where there may be others. */
  readonly length?: (n: number) => number
}

const ofNodes = (type: string): Kind => ({ type, length: (n) => n - 1 })

const arrays: Readonly<Record<ArrayName, Kind>> = {
  splitFeature: ofNodes('Int32Array'),
  splitGain: ofNodes('Float32Array'),
  threshold: ofNodes('Float64Array'),
  decisionType: ofNodes('Uint8Array'),
  leftChild: ofNodes('Int32Array'),
  rightChild: ofNodes('Int32Array'),
  leafValue: { type: 'Float64Array', length: (n) => n },
  leafWeight: { type: 'Float64Array' },
  leafCount: { type: 'Int32Array' },
  internalValue: { type: 'Float64Array' },
  internalWeight: { type: 'Float64Array' },
  internalCount: { type: 'Int32Array' },
  catBoundaries: { type: 'Int32Array' },
  catThreshold: { type: 'Uint32Array' },
}

type Header = Omit<BoostedTrees, 'monotoneConstraints' | 'parserConfig' | 'pandasCategorical'>

const atLeast = (least: number) => ({
  is: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= least, // an integer is a number
  expected: `an integer of at least ${least}`,
})
const list = { is: Array.isArray, expected: 'an array' }

const header: Readonly<Record<keyof Header, { is: (value: unknown) => boolean; expected: string }>> = {
  objective: { is: (value) => typeof value === 'string', expected: 'a string' },
  numClass: atLeast(1),
  numTreePerIteration: atLeast(1),
  labelIndex: atLeast(0),
  maxFeatureIdx: atLeast(0),
  averageOutput: { is: (value) => typeof value === 'boolean', expected: 'true or false' },
  featureNames: list,
  featureInfos: list,
  trees: list,
  parameters: list,
}

const failure = (place: string, value: unknown, expected: string) =>
  new TreesError(
    'INVALID_MODEL',
    `${place} is ${shown(value)}; expected ${expected}: use readModel and writeModel to store models, as JSON loses their arrays`,
  )

/** Of what kind an array is, also where another frame made it. */
const typeOf = (value: unknown) =>
  ArrayBuffer.isView(value) ? Object.prototype.toString.call(value).slice('[object '.length, -1) : undefined

function checkTree(place: string, tree: unknown): void {
  if (typeof tree !== 'object' || tree === null) throw failure(place, tree, 'a tree')
  // Each entry is checked here.
  const given = tree as Readonly<Record<string, unknown>>
  const leaves = given.numLeaves
  if (typeof leaves !== 'number' || !Number.isSafeInteger(leaves) || leaves < 1) {
    throw failure(`${place}.numLeaves`, leaves, 'an integer of at least 1')
  }
  for (const [name, { type, length }] of Object.entries(arrays)) {
    const value = given[name]
    const entries = length?.(leaves)
    const expected = `${type === 'Int32Array' ? 'an' : 'a'} ${type}${entries === undefined ? '' : ` of ${entries} numbers`}`
    const isRight = typeOf(value) === type
    // It is an array, which has a length.
    if (!isRight || (entries !== undefined && (value as ArrayLike<number>).length !== entries)) {
      throw failure(`${place}.${name}`, value, expected)
    }
  }
}

/**
 * Throws `INVALID_MODEL` unless a model has the shape of one: what its header says, and the arrays of its first tree. What
 * came through JSON, is text, or is no model is told from one at little cost.
 *
 * @param place What it is called, for messages.
 */
export function checkModel(place: string, model: BoostedTrees): void {
  const value: unknown = model
  if (typeof value === 'string') throw failure(place, value, 'a model, which readModel makes of such text')
  if (typeof value !== 'object' || value === null) throw failure(place, value, 'a model')
  for (const [name, { is, expected }] of Object.entries(header)) {
    const part = model[name as keyof Header] // `header` has the names of a model's parts.
    if (!is(part)) throw failure(`${place}.${name}`, part, expected)
  }
  const { trees, numTreePerIteration } = model
  if (trees.length % numTreePerIteration !== 0) {
    const message = `${place} has ${trees.length} trees; expected a multiple of numTreePerIteration, ${numTreePerIteration}`
    throw new TreesError('INVALID_MODEL', message)
  }
  if (trees.length > 0) checkTree(`${place}.trees[0]`, trees[0])
}

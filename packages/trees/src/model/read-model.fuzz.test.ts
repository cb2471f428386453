import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TreesError } from '../trees-error'
import type { BoostedTrees } from './boosted-trees'
import { featureImportance } from './feature-importance'
import { predict } from './predict'
import { readModel } from './read-model'
import { writeModel } from './write-model'

const goldenText = (name: string): string =>
  JSON.parse(readFileSync(new URL(`goldens/${name}.json`, import.meta.url), 'utf8')).model

const texts = ['many-categories', 'multiclass', 'linear', 'one-leaf', 'forest-binary'].map(goldenText)

/** The model, or undefined where a TreesError was thrown; anything else falls through. */
function readOrRefuse(text: string): BoostedTrees | undefined {
  try {
    return readModel(text)
  } catch (error) {
    if (TreesError.isInstance(error)) return undefined
    throw error
  }
}

/** True where a text is a model, which is then used in every way there is. */
function readAndUse(text: string): boolean {
  const model = readOrRefuse(text)
  if (model === undefined) return false
  const columns = model.maxFeatureIdx + 1
  const rows = [Number.NaN, 0, 3.5].map((value) => new Array<number>(columns).fill(value))
  const many = Array.from({ length: 80 }, (_, i) => new Array<number>(columns).fill(i / 7))
  for (const features of [rows, many]) {
    expect(predict(model, features)).toHaveLength(features.length * model.numClass)
    expect(predict(model, features, { type: 'leaf' })).toHaveLength(features.length * model.trees.length)
  }
  expect(featureImportance(model)).toHaveLength(columns)
  const again = writeModel(model)
  expect(writeModel(readModel(again))).toBe(again)
  if (model.trees.every((tree) => tree.linear === undefined)) {
    expect(predict(model, rows, { type: 'contributions' })).toHaveLength(3 * model.numClass * (columns + 1))
  }
  return true
}

/** The end of the last line that has to be there. */
const necessary = (text: string): number => text.indexOf('end of trees') + 'end of trees'.length

describe('readModel, given damaged text', () => {
  it('throws a TreesError wherever a model is cut short within its trees', () => {
    for (const name of ['one-leaf', 'linear-one-leaf']) {
      const text = goldenText(name)
      for (let length = 0; length < necessary(text); length++) {
        expect(readAndUse(text.slice(0, length)), `${length} characters`).toBe(false)
      }
    }
  })

  it('throws a TreesError or reads a whole model wherever the text is cut short', () => {
    const text = goldenText('binary')
    for (let length = 0; length <= text.length; length++) {
      const isWhole = length >= necessary(text)
      if (!isWhole) expect(readAndUse(text.slice(0, length)), `${length} characters`).toBe(false)
      else readAndUse(text.slice(0, length))
    }
    expect(readAndUse(text)).toBe(true)
  })

  it('outlives characters that are changed, put in and taken out', () => {
    const edit = fc.tuple(
      fc.nat(),
      fc.constantFrom('replace', 'insert', 'remove'),
      fc.constantFrom(...' \n\r=-+.eE0123456789[]:Tnaif\u0000é'),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (text, edits) => {
          let edited = text
          for (const [at, what, character] of edits) {
            const place = at % edited.length
            const end = what === 'insert' ? place : place + 1
            edited = edited.slice(0, place) + (what === 'remove' ? '' : character) + edited.slice(end)
          }
          readAndUse(edited)
        },
      ),
      { numRuns: 1000, seed: 9 },
    )
  })

  it('outlives lines that are taken out, doubled and exchanged', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(), fc.constantFrom('remove', 'double', 'exchange'))
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          const lines = text.split('\n')
          for (const [from, to, what] of edits) {
            const [a, b] = [from % lines.length, to % lines.length]
            if (what === 'remove') lines.splice(a, 1)
            if (what === 'double') lines.splice(b, 0, lines[a]!)
            if (what === 'exchange') [lines[a], lines[b]] = [lines[b]!, lines[a]!]
          }
          readAndUse(lines.join('\n'))
        },
      ),
      { numRuns: 1000, seed: 9 },
    )
  })

  it('outlives numbers that are replaced, and none of them makes it ask for memory', () => {
    const odd = [
      'nan',
      'NaN',
      'inf',
      '-inf',
      '1e999',
      '-1',
      '0',
      '1',
      '2147483647',
      '2147483648',
      '4294967296',
      '1e308',
      '-1e308',
      '99999999999999999999',
      '1.5',
      '',
      '0x10',
      'Infinity',
      '1_0',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...odd)), { minLength: 1, maxLength: 3 }),
        (text, edits) => {
          let edited = text
          for (const [at, value] of edits) {
            const numbers = [...edited.matchAll(/-?\d[\d.e+-]*/g)]
            const { 0: found, index } = numbers[at % numbers.length]!
            edited = edited.slice(0, index) + value + edited.slice(index + found.length)
          }
          readAndUse(edited)
        },
      ),
      { numRuns: 1000, seed: 9 },
    )
  })

  it('refuses any other text', () => {
    const refuses = (text: string) => {
      expect(readAndUse(text)).toBe(false)
    }
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), refuses), { seed: 9 })
    const begun = (text: string) => refuses(`tree\nversion=v4\n${text}`)
    fc.assert(fc.property(fc.string({ maxLength: 300 }), begun), { seed: 9 })
  })
})

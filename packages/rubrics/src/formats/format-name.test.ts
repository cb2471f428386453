import { expect, test } from 'vitest'
import { formatName } from './format-name'
import { pairwiseLabelFormat } from './pairwise-label-format'
import { pointwiseFormat } from './pointwise-format'

const nameOf = (options: object) => formatName('base', options)

test('a name of its own, the base without options, else the base and a hash', () => {
  expect(nameOf({ name: 'mine', scale: 3 })).toBe('mine')
  expect(nameOf({})).toBe('base')
  expect(nameOf({ scale: undefined })).toBe('base')
  expect(nameOf({ scale: 3 })).toMatch(/^base-[0-9a-z]+$/)
})

test('does not depend on the order of keys, nor on keys without a value', () => {
  const one = nameOf({ a: { min: 1, max: [{ x: 1, y: 2 }] }, b: 'c' })
  expect(nameOf({ b: 'c', a: { max: [{ y: 2, x: 1, z: undefined }], min: 1 } })).toBe(one)
  expect(pointwiseFormat({ generate: { min: 2, max: 5 } }).name).toBe(
    pointwiseFormat({ generate: { max: 5, min: 2 } }).name,
  )
  expect(pairwiseLabelFormat({ labels: { a: 'X', b: 'Y' } }).name).toBe(
    pairwiseLabelFormat({ labels: { b: 'Y', a: 'X' } }).name,
  )
})

test('other values, places and keys are other names', () => {
  const all = [{ a: 1 }, { a: '1' }, { a: [1] }, { b: 1 }, { a: { b: 1 } }, { a: [1, 2] }, { a: [2, 1] }]
  const names = [...all, { a: null }, { a: false }, { a: { 1: 2 } }].map(nameOf)
  expect(new Set(names).size).toBe(names.length)
})

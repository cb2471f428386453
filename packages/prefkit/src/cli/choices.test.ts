import { dialectNames, labelCodings, writableDialects } from '@prefkit/datasets'
import { expect, test } from 'vitest'
import { dialectChoices, labelChoices, writableChoices } from './choices'

test('the choices of the command line are those of the library', () => {
  expect(dialectChoices).toEqual(dialectNames)
  expect(writableChoices).toEqual(writableDialects)
  expect(labelChoices).toEqual(labelCodings)
})

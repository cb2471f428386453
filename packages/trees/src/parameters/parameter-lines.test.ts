import { describe, expect, it } from 'vitest'
import { parametersGoldens } from '../goldens/load-goldens'
import { checkParameters } from './check-parameters'
import { parameterLines } from './parameter-lines'

/** Seeds of what is not honoured, which LightGBM draws all the same. */
const others = /^\[extra_seed: /

describe("a model file's parameters", () => {
  it.each(parametersGoldens)(
    'are written as LightGBM writes those of $parameters',
    ({ parameters, lines }) => {
      const kept = (line: string) => !others.test(line)
      expect(parameterLines(checkParameters(parameters)).filter(kept)).toEqual(lines.filter(kept))
    },
  )

  it('have a value for every line', () => {
    const lines = parameterLines(checkParameters({}))
    expect(lines.filter((line) => !/^\[\w+: (?!undefined|NaN).*\]$/.test(line))).toEqual([])
  })
})

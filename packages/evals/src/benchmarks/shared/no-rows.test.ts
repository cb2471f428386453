import { describe, expect, test } from 'vitest'
import { alpacaEvalWinRates, benchmarks, infobench } from '..'

const everyTask = Object.entries({ ...benchmarks, infobench }).flatMap(([name, { tasks }]) =>
  Object.entries(tasks).map(([task, { plan }]) => [name, task, plan as (rows: unknown) => unknown] as const),
)

describe('no task plans nothing', () => {
  test.each(everyTask)('%s, %s', (_, __, plan) => {
    expect(() => plan([])).toThrow(expect.objectContaining({ code: 'EMPTY', parameter: 'rows' }))
    expect(() => plan(null)).toThrow('rows is null; expected a list of rows')
  })

  test.each(Object.entries({ ...benchmarks, infobench }))('rows of %s', (_, benchmark) => {
    const rows = benchmark.rows as (values: unknown) => unknown
    expect(() => rows([])).toThrow(expect.objectContaining({ code: 'EMPTY', parameter: 'rows' }))
    expect(() => rows(null)).toThrow('rows is null; expected a list of rows')
  })

  test('recorded annotations', () => {
    expect(() => alpacaEvalWinRates([])).toThrow(expect.objectContaining({ code: 'EMPTY' }))
  })
})

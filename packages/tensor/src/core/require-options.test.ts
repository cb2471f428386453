import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as api from '../index'
import * as native from '../native/index'

const x = api.tensor([[1, 2]])
const identity = (value: api.Tensor) => value

/** Every public function that takes options, given some as plain JavaScript may give them. */
const calls: Readonly<Record<string, (options: never) => unknown>> = {
  tensor: (options) => api.tensor([1], options),
  reduceSum: (options) => api.reduceSum(x, options),
  reduceMax: (options) => api.reduceMax(x, options),
  reduceMin: (options) => api.reduceMin(x, options),
  mean: (options) => api.mean(x, options),
  variance: (options) => api.variance(x, options),
  logSumExp: (options) => api.logSumExp(x, options),
  any: (options) => api.any(x, options),
  layerNorm: (options) => api.layerNorm(x, options),
  rmsNorm: (options) => api.rmsNorm(x, options),
  gelu: (options) => api.gelu(x, options),
  dropout: (options) => api.dropout(x, options),
  sort: (options) => api.sort(x, -1, options),
  argSort: (options) => api.argSort(x, -1, options),
  cumsum: (options) => api.cumsum(x, -1, options),
  matmul: (options) => api.matmul(x, x, options),
  jit: (options) => api.jit(identity, options),
  grad: (options) => api.grad(identity, options),
  valueAndGrad: (options) => api.valueAndGrad(identity, options),
  createNativeBackend: (options) => native.createNativeBackend(options),
}

it('leaves no public function with options out', () => {
  const root = new URL('..', import.meta.url)
  const files = globSync('**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const declared = files.flatMap((file) => readFileSync(new URL(file, root), 'utf8').split(/^export /m))
  const withOptions = declared.flatMap((text) => {
    const [, name, rest] = /^(?:async )?(?:function|const) (\w+)(.*?)(?: \{| =>)$/ms.exec(text) ?? []
    return name && /\boptions: /.test(rest!) ? [name] : []
  })
  const exported = new Set(Object.keys({ ...api, ...native }))
  // Looks at the options of others.
  exported.delete('wrongOptions')
  expect(new Set(withOptions.filter((name) => exported.has(name)))).toEqual(new Set(Object.keys(calls)))
})

const refusal = async (call: () => unknown): Promise<unknown> => {
  try {
    return await call()
  } catch (error) {
    return error
  }
}

describe.each(Object.entries(calls))('%s', (op, call) => {
  it.each([
    [{ dim: 0 }, `${op}: no option dim; expected one of `],
    [-1, `${op}: expected an object of the options `],
    [null, 'got null'],
    [[0], 'got [0]'],
  ])('refuses %j in place of its options', async (options, message) => {
    expect(await refusal(() => call(options as never))).toMatchObject({
      name: 'TensorError',
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    })
  })
})

it('names the options that there are', () => {
  expect(() => api.mean(x, { axes: 0 } as object)).toThrow(
    'mean: no option axes; expected one of axis, keepDims',
  )
  expect(() => api.variance(x, { ddof: 1 } as object)).toThrow('one of axis, keepDims, correction')
})

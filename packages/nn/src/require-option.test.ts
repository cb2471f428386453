import { globSync, readFileSync } from 'node:fs'
import { tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import * as nn from './index'

/** Every public function that takes options, given some as plain JavaScript may give them. */
const calls: Readonly<Record<string, (options: never) => unknown>> = {
  linear: nn.linear,
  embedding: nn.embedding,
  layerNorm: nn.layerNorm,
  rmsNorm: nn.rmsNorm,
  mlp: nn.mlp,
  sgd: nn.sgd,
  adam: nn.adam,
  adamW: nn.adamW,
  lion: nn.lion,
  weightDecay: (options) => nn.weightDecay(0.1, options),
  linearSchedule: nn.linearSchedule,
  cosineSchedule: nn.cosineSchedule,
  exponentialSchedule: nn.exponentialSchedule,
  stepSchedule: nn.stepSchedule,
  warmupLinear: nn.warmupLinear,
  warmupCosine: nn.warmupCosine,
  serializeSafetensors: (options) => nn.serializeSafetensors({ a: tensor(1) }, options),
  parseSafetensors: (options) => nn.parseSafetensors(nn.serializeSafetensors({ a: tensor(1) }), options),
}

it('leaves no public function with options out', () => {
  const root = new URL('.', import.meta.url)
  const files = globSync('**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const declared = files.flatMap((file) => readFileSync(new URL(file, root), 'utf8').split(/^export /m))
  const withOptions = declared.flatMap((text) => {
    const [, name, rest] = /^(?:async )?(?:function|const) (\w+)(.*?)(?: \{| =>)$/ms.exec(text) ?? []
    return name && /\boptions: /.test(rest!) ? [name] : []
  })
  expect(new Set(withOptions.filter((name) => name in nn))).toEqual(new Set(Object.keys(calls)))
})

describe.each(Object.entries(calls))('%s', (owner, call) => {
  it.each([
    [{ lr: 1e-3 }, `${owner}: no option lr; expected one of `],
    [0.1, `${owner}: expected an object of the options `],
    [null, 'got null'],
  ])('refuses %j in place of its options', (options, message) => {
    const refusal = { code: 'INVALID_OPTION', message: expect.stringContaining(message) }
    expect(() => call(options as never)).toThrow(expect.objectContaining(refusal))
  })
})

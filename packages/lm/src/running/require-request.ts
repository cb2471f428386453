import { excerpt } from '../check-options'
import type { ModelConfig } from '../config/model-config'
import { LmError } from '../lm-error'
import { contextLength } from '../models/context-length'
import type { RunRequest } from './language-model'
import { requireTokenIds } from './require-token-ids'

const isWhole = (value: number, end: number): boolean => Number.isInteger(value) && value >= 0 && value < end

/** The first of some whole numbers that is not from 0 to below `end`. */
const outside = (values: ArrayLike<number>, end: number): number | undefined =>
  Array.prototype.find.call(values, (value: number) => !isWhole(value, end))

const refuse = (problem: string): never => {
  throw new LmError('INVALID_OPTION', problem)
}

/** @throws LmError as `LanguageModel.run` says. */
export function requireRequest(name: string, config: ModelConfig, request: RunRequest): void {
  const { batch, at, targets, logitsOf, cache } = request
  const { ids, positions, segments, rows, length } = batch
  if (ids.length === 0)
    throw new LmError('EMPTY_INPUT', `${name}: batch: expected at least one token, got none`)
  if (at.length === 0) throw new LmError('EMPTY_INPUT', `${name}: at: expected at least one place, got none`)
  const sizes = { ids, positions, segments }
  for (const [each, { length: size }] of Object.entries(sizes)) {
    if (size === rows * length) continue
    refuse(`${name}: batch.${each}: expected ${rows} rows of ${length}, got ${size} numbers`)
  }
  requireTokenIds(`${name}: batch.ids`, ids, config.vocabSize)
  if (targets) {
    requireTokenIds(`${name}: targets`, targets, config.vocabSize)
    if (targets.length !== at.length) {
      refuse(`${name}: targets: expected one for each of ${at.length} places, got ${targets.length}`)
    }
  }
  const beyond = outside(at, rows * length)
  if (beyond !== undefined) {
    refuse(`${name}: at: expected places from 0 to ${rows * length - 1}, got ${excerpt(beyond)}`)
  }
  if (logitsOf !== undefined && !(isWhole(logitsOf, at.length + 1) && logitsOf > 0)) {
    const expected = `expected a whole number from 1 to ${at.length}, as many as places`
    refuse(`${name}: logitsOf: ${expected}, got ${excerpt(logitsOf)}`)
  }
  if (cache && cache.rows !== rows) {
    refuse(`${name}: cache: expected one of ${rows} rows, got ${cache.rows}`)
  }
  const last = positions.reduce((a, b) => Math.max(a, b), 0)
  const context = contextLength(config)
  if (last >= context) {
    const problem = `a sequence of ${last + 1} tokens is longer than the context, ${context}`
    throw new LmError('CONTEXT_TOO_LONG', `${name}: ${problem}`)
  }
}

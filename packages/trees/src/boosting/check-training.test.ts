import { describe, expect, it } from 'vitest'
import type { TrainingData } from '../data/training-data'
import type { ParameterOptions } from '../parameters/parameters'
import { expectTreesError } from '../testing/expect-trees-error'
import type { BoostingSettings } from './boosting-settings'
import { checkTraining } from './check-training'

const data: TrainingData = { features: [[1], [2], [3]], label: [0, 1, 0] }

// There is no engine yet where this throws.
const refused = (message: RegExp, options: ParameterOptions, settings: BoostingSettings = {}) =>
  expectTreesError(() => checkTraining(data, options, settings), 'INVALID_PARAMETER', message)

describe('checkTraining', () => {
  it('knows metrics, also those that nothing would be judged by', async () => {
    await refused(/no metric 'foo'; expected one of/, { metric: 'foo' })
  })

  it('says where labels of validation data are wrong', async () => {
    const bad = { ...data, label: [0, 1, 2] }
    await expectTreesError(
      () => checkTraining(data, { objective: 'cross_entropy' }, { validation: { good: data, bad } }),
      'INVALID_DATA',
      /^validation\.bad\.label\[2\] is 2; /,
    )
  })

  it('says where queries of validation data are too long', async () => {
    const rows = 10_001
    const features = { data: new Float32Array(rows), rows, columns: 1 }
    const long = { features, label: new Uint8Array(rows), group: [rows] }
    const grouped = { ...data, group: [3] }
    await expectTreesError(
      () => checkTraining(grouped, { objective: 'lambdarank' }, { validation: { long } }),
      'INVALID_DATA',
      /^validation\.long\.group has a query of 10001 rows/,
    )
  })

  it('stops early by something only', async () => {
    const rounds = { early_stopping_round: 2 }
    const validation = { valid: data }
    const needs = /early_stopping_round is 2; it needs a validation set and a metric/
    await refused(needs, rounds)
    await refused(needs, { ...rounds, metric: [] }, { validation })
    await refused(needs, { ...rounds, metric: [] }, { validation, metric: [] })
    const metric = () => []
    for (const [options, settings] of [
      [rounds, { validation }],
      [
        { ...rounds, metric: [] },
        { validation, metric },
      ],
      [{ ...rounds, is_provide_training_metric: true }, {}],
      [{ ...rounds, boosting: 'dart' }, {}],
    ] as const) {
      expect(() => checkTraining(data, options, settings)).not.toThrow()
    }
  })

  it('refuses what are no parameters, whatever the settings', async () => {
    const objective = () => ({ gradients: [], hessians: [] })
    // @ts-expect-error null, from a caller without types
    await refused(/parameters are null; expected an object/, null, { objective })
    await refused(/threads is 1.5; expected an integer/, {}, { threads: 1.5 })
  })

  it('makes metrics of what is evaluated', () => {
    const settings = { validation: { valid: data } }
    const namesOf = (options: ParameterOptions) =>
      Object.entries(checkTraining(data, options, settings).metrics).map(([name, metrics]) => [
        name,
        metrics.flatMap(({ names }) => names),
      ])
    expect(namesOf({ metric: ['l1', 'l2'] })).toEqual([['valid', ['l1', 'l2']]])
    expect(namesOf({ is_provide_training_metric: true })).toEqual([
      ['training', ['l2']],
      ['valid', ['l2']],
    ])
  })
})

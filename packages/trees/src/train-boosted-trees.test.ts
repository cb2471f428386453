import { describe, expect, it, vi } from 'vitest'
import type { IterationRecord } from './boosting/boost'
import type { BoostingSettings } from './boosting/boosting-settings'
import { writeModel } from './model/write-model'
import type { CustomObjective } from './objectives/custom-objective'
import { expectTreesError } from './testing/expect-trees-error'
import { trainingDataOf } from './testing/parity-data'
import { boostTrees, trainBoostedTrees } from './train-boosted-trees'

const disposed = vi.hoisted(() => ({ begun: 0, ended: 0 }))

vi.mock('./kernels/engine', async (original) => {
  const actual = await original<typeof import('./kernels/engine')>()
  return {
    ...actual,
    async createEngine(threads: number) {
      const engine = await actual.createEngine(threads)
      disposed.begun++
      return {
        ...engine,
        async dispose() {
          disposed.ended++
          await engine.dispose()
        },
      }
    },
  }
})

const data = trainingDataOf({ data: 'missing', rows: 400, label: 'number' }, 1)
const binary = trainingDataOf({ data: 'categorical', rows: 600, label: 'binary' }, 1)
const valid = trainingDataOf({ data: 'missing', rows: 200, label: 'number' }, 2)
const goss = { data_sample_strategy: 'goss', learning_rate: 0.5 } as const
const small = { num_leaves: 7, num_iterations: 4 } as const

const squares: CustomObjective = (scores, { label }) => ({
  gradients: scores.map((score, i) => score - label[i]!),
  hessians: new Float64Array(scores.length).fill(1),
})

async function collect(settings: BoostingSettings, options = {}) {
  const records: IterationRecord[] = []
  const model = await trainBoostedTrees(
    data,
    { ...small, ...options },
    { ...settings, onIteration: (record) => records.push(record) },
  )
  return { model, records }
}

describe('iterations', () => {
  it('are told one by one', async () => {
    const { model, records } = await collect({ validation: { valid } }, { is_provide_training_metric: true })
    expect(records.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4])
    expect(records.map(({ leaves }) => leaves)).toEqual(model.trees.map(({ numLeaves }) => [numLeaves]))
    for (const { metrics } of records) {
      expect(Object.keys(metrics)).toEqual(['training', 'valid'])
      expect(metrics.training!.l2).toBeGreaterThan(0)
    }
    const losses = records.map(({ metrics }) => metrics.training!.l2!)
    expect(losses).toEqual([...losses].sort((a, b) => b - a))
  })

  it('count on from a model that is continued', async () => {
    const { model } = await collect({})
    const { model: longer, records } = await collect({ continueFrom: model })
    expect(records.map(({ iteration }) => iteration)).toEqual([5, 6, 7, 8])
    expect(longer.trees.slice(0, 4)).toEqual(model.trees)
    expect(longer.trees).toHaveLength(8)
  })

  it('may be none', async () => {
    expect((await collect({}, { num_iterations: 0 })).model.trees).toEqual([])
  })

  it('give way to timers', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 0)
    await collect({}, { num_iterations: 400, num_leaves: 31 })
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(0)
  })

  it('end where early stopping says, with the best', async () => {
    const options = { num_iterations: 200, learning_rate: 0.6, early_stopping_round: 3, num_leaves: 31 }
    const { model, records } = await collect({ validation: { valid } }, options)
    const { best } = records.at(-1)!
    const values = records.map(({ metrics }) => metrics.valid!.l2!)
    expect(best).toEqual({
      dataset: 'valid',
      metric: 'l2',
      value: Math.min(...values),
      iteration: values.indexOf(Math.min(...values)) + 1,
    })
    expect(records).toHaveLength(best!.iteration + 3)
    expect(model.trees).toHaveLength(best!.iteration)
  })
})

describe('the same model', () => {
  it.each([2, 3, 8])('comes of %d threads', async (threads) => {
    const options = {
      num_iterations: 5,
      bagging_freq: 1,
      bagging_fraction: 0.6,
      feature_fraction: 0.7,
    } as const
    const train = async (count: number) =>
      writeModel(await trainBoostedTrees(binary, { ...options, objective: 'binary' }, { threads: count }))
    expect(await train(threads)).toBe(await train(1))
  })

  it('comes of 4 threads where GOSS reads gradients of a class without rows', async () => {
    const columns = Array.from({ length: 40 }, (_, j) => j)
    const rows = data.features as readonly (readonly number[])[]
    const features = rows.map((row, i) => columns.map((j) => ((i * (j + 7)) % 31) + (row[j % 5]! || 0)))
    const label = rows.map((_, i) => i % 3)
    const options = { ...goss, objective: 'multiclassova', num_class: 4, num_iterations: 5 } as const
    const train = async (threads: number) =>
      writeModel(await trainBoostedTrees({ features, label }, options, { threads }))
    expect(await train(4)).toBe(await train(1))
  })

  it('comes of single and double numbers, and of rows and a matrix', async () => {
    const rows = data.features as readonly (readonly number[])[]
    const rounded = rows.map((row) => row.map(Math.fround))
    const matrix = { data: Float32Array.from(rounded.flat()), rows: rows.length, columns: 5 }
    const one = await trainBoostedTrees({ ...data, features: rounded }, small)
    expect(writeModel(await trainBoostedTrees({ ...data, features: matrix }, small))).toBe(writeModel(one))
  })
})

describe('functions of the user', () => {
  it('train as the objective they write down', async () => {
    const own = await trainBoostedTrees(data, small, { objective: squares })
    const built = await trainBoostedTrees(data, { ...small, boost_from_average: false })
    expect(own.objective).toBe('')
    expect(own.trees).toEqual(built.trees)
  })

  it('can have several classes', async () => {
    const softened: CustomObjective = (scores, { label }) => ({
      gradients: scores.map(
        (score, i) => score - (label[i % label.length]! > 1 === i < label.length ? 1 : 0),
      ),
      hessians: scores.map(() => 1),
    })
    const model = await trainBoostedTrees(data, { ...small, num_class: 2 }, { objective: softened })
    expect(model.numTreePerIteration).toBe(2)
    expect(model.trees).toHaveLength(8)
  })

  it.each([
    [
      'INVALID_DATA',
      (n: number) => ({ gradients: new Array(n).fill(Number.NaN), hessians: new Array(n).fill(1) }),
      /gradients\[0\] NaN/,
    ],
    [
      'INVALID_DATA',
      (n: number) => ({ gradients: new Array(n).fill(0), hessians: new Array(n).fill(1e300) }),
      /hessians\[0\]/,
    ],
    ['DIMENSION_MISMATCH', () => ({ gradients: [1], hessians: [1] }), /returned 1 gradients; expected 400/],
  ] as const)('are refused with %s', async (code, make, message) => {
    const objective: CustomObjective = (scores) => make(scores.length)
    await expectTreesError(() => trainBoostedTrees(data, small, { objective }), code, message)
  })

  it('evaluate, and stop training', async () => {
    let calls = 0
    const metric = () => ({ name: 'calls', value: ++calls < 5 ? calls : 0, higherIsBetter: true })
    const options = { num_iterations: 50, metric: [], early_stopping_round: 2 }
    const { records, model } = await collect({ validation: { valid }, metric }, options)
    const values = records.map(({ metrics }) => metrics.valid!.calls!)
    expect(model.trees).toHaveLength(values.indexOf(Math.max(...values)) + 1)
    expect(records.at(-1)!.best!.metric).toBe('calls')
  })

  it('are asked once in an iteration, also with early stopping', async () => {
    let calls = 0
    const metric = () => ({ name: 'calls', value: ++calls, higherIsBetter: true })
    await collect({ validation: { valid }, metric }, { metric: [], early_stopping_round: 2 })
    expect(calls).toBe(small.num_iterations)
  })

  it('are refused where early stopping has none to watch', async () => {
    const options = { ...small, metric: [], early_stopping_round: 2 }
    const work = () => trainBoostedTrees(data, options, { validation: { valid }, metric: () => [] })
    await expectTreesError(work, 'INVALID_PARAMETER', /early_stopping_round is 2; it needs .* a metric/)
  })

  it('are asked for gradients again where they found no split', async () => {
    let calls = 0
    const moody: CustomObjective = (scores, given) => {
      calls++
      return calls === 2
        ? { gradients: scores.map(() => 0), hessians: scores.map(() => 1) }
        : squares(scores, given)
    }
    const model = await trainBoostedTrees(data, small, { objective: moody })
    expect(model.trees).toHaveLength(small.num_iterations - 1)
  })

  it('are refused where they say nothing', async () => {
    const metric = () => 3 as never
    const work = () => trainBoostedTrees(data, small, { validation: { valid }, metric })
    await expectTreesError(
      work,
      'INVALID_DATA',
      /metric returned 3; expected \{ name, value, higherIsBetter \}/,
    )
  })
})

describe('comparisons', () => {
  it('teach Bradley-Terry scores, in which who was chosen is above who was rejected', async () => {
    const score = Array.from(data.label!)
    const all = score.map((_, i) => [i, (i * 7 + 13) % score.length] as const).filter(([a, b]) => a !== b)
    const ordered = all.map(([a, b]) => (score[a]! > score[b]! ? [a, b] : [b, a]))
    const pairs = { chosen: ordered.map(([a]) => a!), rejected: ordered.map(([, b]) => b!) }
    const accuracies: number[] = []
    const model = await trainBoostedTrees(
      { features: data.features, pairs },
      {
        objective: 'bradley_terry',
        metric: ['pairwise_accuracy'],
        num_iterations: 30,
        is_provide_training_metric: true,
      },
      { onIteration: ({ metrics }) => accuracies.push(metrics.training!.pairwise_accuracy!) },
    )
    expect(accuracies.at(-1)).toBeGreaterThan(0.9)
    expect(model.objective).toMatch(/^bradley_terry/)
  })
})

describe('data that teach nothing', () => {
  const label = Array.from({ length: 60 }, (_, i) => i % 3)

  it.each([
    ['a constant column', () => 5],
    ['a column of NaN', () => Number.NaN],
    ['too few rows apart', (i: number) => (i === 7 ? 1 : 0)],
  ])('%s gives a constant tree of the mean, and a warning', async (_, value) => {
    const warnings: string[] = []
    const features = label.map((_one, i) => [value(i)])
    const onWarning = (message: string) => warnings.push(message)
    const model = await trainBoostedTrees({ features, label }, { boost_from_average: false }, { onWarning })
    expect(model.featureInfos).toEqual(['none'])
    expect(model.trees).toHaveLength(1)
    expect(model.trees[0]!.leafValue).toEqual(Float64Array.of(1))
    expect(warnings).toEqual([expect.stringContaining('no column can be split'), expect.any(String)])
  })

  it('a column that is never split beside one that is', async () => {
    const features = label.map((value, i) => [Number.NaN, value + i / 1000, 3])
    const model = await trainBoostedTrees({ features, label }, small)
    expect(model.featureInfos[0]).toBe('none')
    expect(model.featureInfos[2]).toBe('none')
    expect(model.trees.every((tree) => tree.splitFeature.every((column) => column === 1))).toBe(true)
  })
})

describe('an engine', () => {
  const settled = async (work: () => Promise<unknown>) => {
    const { begun, ended } = { ...disposed }
    await work()
    return [disposed.begun - begun, disposed.ended - ended]
  }

  it('is disposed of at the end', async () => {
    expect(await settled(() => trainBoostedTrees(data, small, { threads: 2 }))).toEqual([1, 1])
  })

  it('is disposed of when the consumer stops', async () => {
    const work = async () => {
      for await (const { iteration } of boostTrees(data, small)) if (iteration === 2) break
    }
    expect(await settled(work)).toEqual([1, 1])
  })

  it('is disposed of when training is aborted', async () => {
    const abort = new AbortController()
    const onIteration = ({ iteration }: IterationRecord) => iteration === 2 && abort.abort('enough')
    const work = () =>
      trainBoostedTrees(data, small, { signal: abort.signal, onIteration: (r) => void onIteration(r) })
    expect(await settled(() => expectTreesError(work, 'ABORTED', 'before iteration 3'))).toEqual([1, 1])
  })

  it('is not begun where training was aborted before', async () => {
    const work = () => trainBoostedTrees(data, small, { signal: AbortSignal.abort('enough') })
    expect(await settled(() => expectTreesError(work, 'ABORTED', 'before it began'))).toEqual([0, 0])
  })

  it('is disposed of when training is aborted while it begins', async () => {
    const work = () => {
      const abort = new AbortController()
      const training = trainBoostedTrees(data, small, { signal: abort.signal })
      abort.abort('enough')
      return expectTreesError(() => training, 'ABORTED', 'before features are binned')
    }
    expect(await settled(work)).toEqual([1, 1])
  })

  it('is disposed of when a function throws', async () => {
    const objective = () => {
      throw new RangeError('mine')
    }
    const work = () => trainBoostedTrees(data, small, { objective })
    expect(await settled(() => expect(work()).rejects.toThrow('mine'))).toEqual([1, 1])
  })

  it('is disposed of when whoever is told of iterations throws', async () => {
    const onIteration = () => {
      throw new RangeError('mine')
    }
    const work = () => expect(trainBoostedTrees(data, small, { onIteration })).rejects.toThrow('mine')
    expect(await settled(work)).toEqual([1, 1])
  })

  it('is not begun for what is refused', async () => {
    const work = () => trainBoostedTrees({ ...data, label: [1] }, small)
    expect(await settled(() => expectTreesError(work, 'DIMENSION_MISMATCH'))).toEqual([0, 0])
  })
})

describe('settings that do not fit', () => {
  it.each([
    ['INVALID_PARAMETER', {}, { thread: 1 } as object, /no setting 'thread'; did you mean threads/],
    ['INVALID_PARAMETER', {}, { validation: { training: valid } }, /validation.training has the name/],
    ['INVALID_PARAMETER', {}, { threads: 0 }, /threads is 0; expected an integer from 1/],
    [
      'INVALID_PARAMETER',
      { early_stopping_round: 3 },
      {},
      /early_stopping_round is 3; it needs a validation set/,
    ],
    ['INVALID_PARAMETER', { objective: 'custom' }, {}, /objective is 'custom'; give the function/],
    ['INVALID_PARAMETER', { objective: 'binary' }, { objective: squares }, /a function was given/],
    ['DIMENSION_MISMATCH', {}, { validation: { test: binary } }, /validation.test.features has 4 columns/],
    [
      'DIMENSION_MISMATCH',
      {},
      { validation: { test: { ...valid, label: [1] } } },
      /validation.test.label has 1/,
    ],
    [
      'UNSUPPORTED',
      { boosting: 'rf', data_sample_strategy: 'goss' },
      {},
      /boosting rf takes no data_sample_strategy/,
    ],
  ] as const)('%s for %j', async (code, options, settings, message) => {
    await expectTreesError(() => trainBoostedTrees(data, { ...small, ...options }, settings), code, message)
  })

  it('refuses to continue models of another shape', async () => {
    const { model } = await collect({})
    const other = () => trainBoostedTrees(binary, small, { continueFrom: model })
    await expectTreesError(other, 'DIMENSION_MISMATCH', /continueFrom has 5 columns; the features have 4/)
    const classes = { ...small, objective: 'multiclass', num_class: 3 } as const
    const more = () =>
      trainBoostedTrees(
        { ...data, label: data.features && (data.features as number[][]).map((_, i) => i % 3) },
        classes,
        { continueFrom: model },
      )
    await expectTreesError(more, 'DIMENSION_MISMATCH', /1 trees in an iteration; the objective needs 3/)
    const forest = () => trainBoostedTrees(data, small, { continueFrom: { ...model, averageOutput: true } })
    await expectTreesError(forest, 'UNSUPPORTED', /continueFrom is a random forest/)
  })

  it('warns of what has no effect', async () => {
    const warnings: string[] = []
    const { model } = await collect({})
    const onWarning = (message: string) => void warnings.push(message)
    await trainBoostedTrees({ ...data, init_score: data.label }, small, { continueFrom: model, onWarning })
    await collect({ onWarning, validation: { valid } }, { boosting: 'dart', early_stopping_round: 2 })
    await collect({ onWarning }, { is_provide_training_metric: true, early_stopping_round: 2 })
    expect(warnings).toEqual([
      expect.stringContaining('init_score has no effect'),
      expect.stringContaining('no effect with boosting dart'),
      expect.stringContaining('no effect without a validation set'),
    ])
  })
})

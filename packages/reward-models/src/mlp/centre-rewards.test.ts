import { add, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import { type TrainingState, trainRewardModel } from '../fit-reward-model'
import { holdOut } from '../hold-out'
import { resolveOptions } from '../options'
import { takePairs } from '../pair-data'
import { type RewardModel, type ScoreOptions, scoreFeatures } from '../reward-model'
import { drawPairs } from '../testing/draw-pairs'
import { centreRewards } from './centre-rewards'
import { createNetwork, type Params } from './network'

const data = drawPairs({ pairs: 40, columns: 3, seed: 1, flipped: 0.3 })
const { rows, columns } = data.features
const table = tensor(data.features.data, { shape: [rows, columns] })
const all = new Set(Array.from({ length: rows }, (_, row) => row))
const meanOf = (values: Float32Array, at: Iterable<number>) => {
  const picked = Array.from(at, (row) => values[row]!)
  return picked.reduce((a, b) => a + b, 0) / picked.length
}

describe('centreRewards', () => {
  const options = resolveOptions({ hidden: [4], members: 3 })
  const network = createNetwork(options)
  const shifted = ({ layers }: Params, by: number): Params => {
    const last = layers.at(-1)!
    return { layers: [...layers.slice(0, -1), { ...last, bias: add(last.bias!, by) }] }
  }
  const begin = async () =>
    Promise.all([1, 2, 3].map(async (seed) => (await network.begin(columns, seed)).params))

  it('moves the mean over the rows to 0 and leaves differences as they are', async () => {
    const some = new Set([0, 3, 7])
    const [params] = await begin()
    const before = await network.score(shifted(params!, 100), table)
    const after = await network.score(await centreRewards(network, shifted(params!, 100), table, some), table)
    // The shift to 100 and back rounds at 2⁻¹⁷.
    expect(Math.abs(meanOf(after, some))).toBeLessThan(1e-5)
    for (const row of all) {
      expect(Math.abs(after[row]! - after[0]! - (before[row]! - before[0]!))).toBeLessThan(2e-5)
    }
  })

  it.each<NonNullable<ScoreOptions['combine']>>(['mean', 'min', 'penalized'])(
    'makes the ranking by %s independent of the origin of a member',
    async (combine) => {
      const [first, ...rest] = await begin()
      const rankingOf = async (members: readonly Params[], centre: boolean) => {
        const own = centre
          ? await Promise.all(members.map((params) => centreRewards(network, params, table, all)))
          : members
        const model: RewardModel = { options, inputs: columns, members: own }
        const scores = await scoreFeatures(model, data.features, { combine })
        return [...all].toSorted((a, b) => scores[a]! - scores[b]!)
      }
      const moved = [shifted(first!, 3), ...rest]
      expect(await rankingOf(moved, true)).toEqual(await rankingOf([first!, ...rest], true))
      const same =
        (await rankingOf(moved, false)).join() === (await rankingOf([first!, ...rest], false)).join()
      expect(same).toBe(combine === 'mean')
    },
  )
})

describe('trained members', () => {
  const small = { hidden: [4], epochs: 3, batchSize: 16, members: 2, seed: 4 }

  it('have the mean reward 0 over the training responses (bt)', async () => {
    const model = await trainRewardModel(data, small)
    const { chosen, rejected } = takePairs(data, holdOut(data, 0.2, small.seed).train)
    for (const member of model.members) {
      const rewards = await scoreFeatures({ ...model, members: [member] }, data.features)
      expect(Math.abs(meanOf(rewards, new Set([...chosen, ...rejected])))).toBeLessThan(1e-6)
    }
  })

  it('keep their logits where the objective gives them an origin (clf)', async () => {
    const options = { ...small, objective: 'clf', standardize: false, keep: 'last', members: 1 } as const
    let last: TrainingState<'mlp'> | undefined
    const { members } = await trainRewardModel(data, options, {
      onProgress({ state }) {
        last = state ?? last
      },
    })
    const numbers = ({ layers }: Params) =>
      layers.map(({ weight, bias }) => [[...weight.data], [...bias!.data]])
    expect(members.map(numbers)).toEqual([numbers(last!.current.optimization.params)])
  })
})

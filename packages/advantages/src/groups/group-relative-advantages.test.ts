import { expect, it } from 'vitest'
import { evidenceFor, expectClose, type GoldenRow, readGoldens } from '../goldens/load-goldens'
import { groupRelativeAdvantages } from '../index'

interface Row extends GoldenRow {
  name: string
  groups: number[]
  rewards: number[]
  advantages: number[]
}

const { grpo } = readGoldens<{ grpo: Row[] }>('skyrl')

it.each(grpo)(
  'against $reference, whose GRPO is that of verl, $name',
  ({ functions, rewards, groups, advantages }) =>
    evidenceFor(functions, ({ groupRelativeAdvantages }) => {
      expectClose([groupRelativeAdvantages(rewards, { groups, convention: 'verl' })], [advantages])
    }),
)

it('HALOs: the deviation of the population, and 1e-2', () => {
  const rewards = [1, 0, 0.5, 1]
  const mean = rewards.reduce((a, b) => a + b) / 4
  const deviation = Math.sqrt(rewards.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 4)
  const want = rewards.map((x) => (x - mean) / (deviation + 1e-2))
  expectClose(groupRelativeAdvantages([rewards, [7]], { convention: 'halos' }), [want, [0]])
  const kept = { convention: 'halos', singletons: 'keep' } as const
  expect(groupRelativeAdvantages([[7]], kept)).toEqual([[7 / (1 + 1e-2)]])
  const batch = groupRelativeAdvantages([rewards], { convention: 'halos', scale: 'batch' })
  expectClose(batch, [want])
})

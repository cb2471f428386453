import { expect, it } from 'vitest'
import { noBetterThanChance } from './beyond-chance'

it('tells of an accuracy whose interval does not exceed chance', () => {
  expect(noBetterThanChance(0.6, 20)).toMatch(
    /^rewardModel: 60\.0 % of 20 held-out comparisons .* \(95 %: 38\.7 % to 78\.1 %\), which may be chance/,
  )
  expect(noBetterThanChance(0.4, 2000)).toContain('40.0 % of 2000')
  expect(noBetterThanChance(0.6, 2000)).toBeUndefined()
  expect(noBetterThanChance(0, 0)).toBeUndefined()
})

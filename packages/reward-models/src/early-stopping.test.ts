import { describe, expect, it } from 'vitest'
import { shouldStop } from './early-stopping'

describe('shouldStop', () => {
  it.each([
    ['noImprovement', [3, 2, 1], 2, false],
    ['noImprovement', [1, 2], 2, false],
    ['noImprovement', [1, 2, 3], 2, true],
    ['noImprovement', [1, 1, 1], 2, true],
    ['noImprovement', [2, 3, 1], 2, false],
    ['noImprovement', [3, 1, 2], 1, true],
    // 2411.04991: the latest is worse than each of the ones before it.
    ['worseThanEach', [1, 1, 1, 2], 3, true],
    ['worseThanEach', [1, 3, 1, 2], 3, false],
    ['worseThanEach', [9, 1, 1, 1, 2], 3, true],
    ['worseThanEach', [1, 1, 1, 1], 3, false],
    ['worseThanEach', [1, 1, 2], 3, false],
  ] as const)('%s of %j with patience %d: %s', (rule, losses, patience, expected) => {
    expect(shouldStop(rule, losses, patience)).toBe(expected)
  })

  it('never stops with a patience of 0', () => {
    expect(shouldStop('noImprovement', [1, 2, 3, 4, 5, 6], 0)).toBe(false)
  })
})

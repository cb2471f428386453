import { expect, it } from 'vitest'
import { requireEffects } from './option-effects'

it('an option that does not count is refused, unless it is its default', () => {
  const rules = (counts: boolean) => ({ delta: { preset: 1, counts, only: "distance: 'huber'" } })
  expect(() => requireEffects('f', { delta: 2 }, rules(false))).toThrow(
    "f: delta: has no effect here, expected distance: 'huber' with it, got 2",
  )
  expect(() => requireEffects('f', { delta: Number.NaN }, rules(false))).toThrow('got NaN')
  requireEffects('f', { delta: 1 }, rules(false))
  requireEffects('f', {}, rules(false))
  requireEffects('f', { delta: 2 }, rules(true))
})

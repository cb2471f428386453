import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { expect, it, vi } from 'vitest'
import { itemsOfStep } from './items-of-step'

// Counts what is drawn to make orders, and draws it.
vi.mock('pure-rand/distribution/uniformInt', { spy: true })

const letters = (): string[] => [...'abcdefg']

it('has every item once in an epoch, in orders of their own that seed and step alone decide', () => {
  const items = letters()
  const take = (step: number, seed = 1, from = items) => itemsOfStep(from, step, { count: 3, seed })
  const all = Array.from({ length: 7 }, (_, step) => take(step)).flat()
  const epochs = [0, 7, 14].map((at) => all.slice(at, at + 7).join(''))
  for (const epoch of epochs) expect([...epoch].sort()).toEqual(letters())
  expect(epochs).toEqual(['fgcbdea', 'dgebfac', 'fabdegc'])
  // In any turn, beside another seed, and of a list that nobody has ordered before.
  for (const step of [6, 0, 2, 1, 5, 3, 4]) {
    expect(take(step)).toEqual(all.slice(3 * step, 3 * step + 3))
    expect(take(step, 2)).toEqual(take(step, 2, letters()))
    expect(take(step, 1, letters())).toEqual(take(step))
  }
  items.push('h')
  expect(take(0)).toEqual(take(0, 1, [...items]))
})

it('orders a list once an epoch', () => {
  const items = Array.from({ length: 1000 }, (_, i) => i)
  const drawn = vi.mocked(uniformInt)
  drawn.mockClear()
  for (let step = 0; step < 20; step++) itemsOfStep(items, step, { count: 100, seed: 3 })
  expect(drawn).toHaveBeenCalledTimes(2 * 999)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Comparison } from './comparison'
import { splitByPrompt, splitOf } from './split-by-prompt'

const comparison = (prompt: string, id = prompt): Comparison => ({ id, prompt, chosen: 'a', rejected: 'b' })
const fractions = { train: 0.7, valid: 0.1, test: 0.2 }

test('disjoint by prompt, complete, in order, and the same each time', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2 })), fc.integer(), (prompts, seed) => {
      const all = prompts.map((prompt, i) => comparison(prompt, `${i}`))
      const splits = splitByPrompt(all, { fractions, seed })
      expect(splitByPrompt(all, { fractions, seed })).toEqual(splits)
      const parts = Object.values(splits)
      expect(parts.flat().sort((a, b) => Number(a.id) - Number(b.id))).toEqual(all)
      for (const part of parts) {
        expect(part).toEqual(all.filter((one) => part.includes(one)))
        const own = new Set(part.map(({ prompt }) => prompt))
        expect(
          parts
            .filter((other) => other !== part)
            .flat()
            .some(({ prompt }) => own.has(prompt)),
        ).toBe(false)
      }
    }),
  )
})

test('where a prompt goes depends on nothing but prompt, fractions and seed', () => {
  const all = Array.from({ length: 200 }, (_, i) => comparison(`prompt ${i}`))
  const some = splitByPrompt(all.slice(50).reverse(), { fractions })
  for (const [name, part] of Object.entries(some))
    for (const one of part) expect(splitOf(one, { fractions })).toBe(name)
  const ids = (seed: number) => splitByPrompt(all, { fractions, seed }).test.map(({ id }) => id)
  expect(ids(1)).not.toEqual(ids(2))
})

test('case, white space and chat form do not part a prompt', () => {
  for (let i = 0; i < 50; i++) {
    const name = splitOf(comparison(`Why is it ${i}?`), { fractions })
    expect(splitOf(comparison(`  why is\n it ${i}?`), { fractions })).toBe(name)
    const chat = { ...comparison(''), prompt: [{ role: 'user', content: `Why is it ${i}?` }] }
    expect(splitOf(chat, { fractions })).toBe(name)
  }
})

test('shares are met: 10,000 prompts, five standard errors', () => {
  const all = Array.from({ length: 10_000 }, (_, i) => comparison(`prompt ${i}`))
  const splits = splitByPrompt(all, { fractions })
  for (const [name, fraction] of Object.entries(fractions)) {
    const error = 5 * Math.sqrt(fraction * (1 - fraction) * all.length)
    expect(Math.abs(splits[name as keyof typeof fractions].length - fraction * all.length)).toBeLessThan(
      error,
    )
  }
})

test('without a prompt the responses decide, in either order', () => {
  const sides = Array.from({ length: 50 }, (_, i) => ({
    ...comparison(''),
    chosen: `a${i}`,
    rejected: `b${i}`,
  }))
  const names = sides.map((one) => splitOf(one, { fractions }))
  expect(new Set(names).size).toBe(3)
  const swapped = sides.map((one) => ({ ...one, chosen: one.rejected, rejected: one.chosen }))
  expect(swapped.map((one) => splitOf(one, { fractions }))).toEqual(names)
})

test('a split of one share takes everything, one of none nothing', () => {
  const splits = splitByPrompt([comparison('a'), comparison('b')], { fractions: { none: 0, all: 1 } })
  expect([splits.none.length, splits.all.length]).toEqual([0, 2])
})

test('bad options name the option and the value', () => {
  const split = (bad: Record<string, number>, seed?: number) => () =>
    splitByPrompt([], { fractions: bad, seed })
  expect(split({ train: 0.9 })).toThrowError(/fractions: expected a sum of 1, is 0.9/)
  expect(split({})).toThrowError(/is 0$/)
  expect(split({ train: 1.5, test: -0.5 })).toThrowError(/fractions.train: expected 0 to 1, is 1.5/)
  expect(split({ train: Number.NaN })).toThrowError(/is NaN/)
  expect(split({ train: 1 }, 0.5)).toThrowError(/seed: expected a whole number, is 0.5/)
})

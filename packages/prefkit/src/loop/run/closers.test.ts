import { expect, it } from 'vitest'
import { closers, releasedOnError } from './closers'

const failing = (name: string, told: string[]) => async () => {
  told.push(name)
  throw new Error(name)
}

it('frees all, last first, whatever goes wrong, and throws what went wrong first', async () => {
  const told: string[] = []
  const { add, close } = closers(failing('model', told), () => void told.push('policy'))
  add(failing('critic', told))
  add(() => void told.push('judge'))
  await expect(close()).rejects.toThrow('critic')
  expect(told).toEqual(['judge', 'critic', 'policy', 'model'])
  await close()
  expect(told).toHaveLength(4)
})

it('throws what the work threw, though it cannot be released', async () => {
  const told: string[] = []
  const release = failing('model', told)
  await expect(releasedOnError({ release }, failing('work', told))).rejects.toThrow('work')
  expect(told).toEqual(['work', 'model'])
  expect(await releasedOnError({ release }, async () => 7)).toBe(7)
  expect(told).toHaveLength(2)
})

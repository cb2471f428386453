import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rolloutOf } from '../../testing/rollout-of'
import { loadFunctionReward } from './load-function-reward'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-reward-'))
  await writeFile(
    join(folder, 'rewards.mjs'),
    `export default ({ text }) => text.length
    export const polite = async ({ text, prompt }, { options }) => text.includes(options.word ?? prompt.text)
    export const whole = { name: 'whole', weight: 0, score: async (rollouts) => ({ scores: rollouts.map(() => 3) }) }
    export const number = 3`,
  )
  await writeFile(join(folder, 'broken.mjs'), 'export default (')
})
afterAll(() => rm(folder, { recursive: true }))

const rollouts = ['please', 'Why?'].map((text) => rolloutOf(text))

describe('loadFunctionReward', () => {
  it('loads a function by its name, or the default, with its options', async () => {
    const plain = await loadFunctionReward('./rewards.mjs', { folder, name: 'length', weight: 0.5 })
    expect(plain).toMatchObject({ name: 'length', weight: 0.5 })
    expect((await plain.score(rollouts)).scores).toEqual([6, 4])
    expect((await loadFunctionReward('./rewards.mjs', { folder })).name).toBe('function')
    const polite = await loadFunctionReward('./rewards.mjs#polite', { folder, options: { word: 'please' } })
    expect(polite.name).toBe('polite')
    expect((await polite.score(rollouts)).scores).toEqual([1, 0])
    const prompt = await loadFunctionReward('rewards.mjs#polite', { folder })
    expect((await prompt.score(rollouts)).scores).toEqual([0, 1])
  })

  it('takes a whole reward function', async () => {
    const whole = await loadFunctionReward('./rewards.mjs#whole', { folder })
    expect(whole).toMatchObject({ name: 'whole', weight: 0 })
    expect((await whole.score(rollouts)).scores).toEqual([3, 3])
  })

  it('says what is wrong with a module', async () => {
    const load = (place: string) => loadFunctionReward(place, { folder })
    await expect(load('./none.mjs')).rejects.toThrow(
      /rewards: \.\/none\.mjs: .+none\.mjs could not be loaded/,
    )
    await expect(load('./broken.mjs')).rejects.toThrow('broken.mjs could not be loaded')
    await expect(load('./rewards.mjs#no')).rejects.toThrow(
      'expected an export that is a function of a response, or a reward function, got no, which is not there; those of it are default, polite, whole',
    )
    await expect(load('./rewards.mjs#number')).rejects.toThrow('got number, which is a number')
  })
})

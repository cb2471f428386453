import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSafetensors, writeSafetensors } from '@prefkit/nn/files'
import { tensor } from '@prefkit/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  fitRewardModel,
  type TrainingProgress,
  type TrainingState,
  trainRewardModel,
} from '../fit-reward-model'
import { type RewardModel, scoreFeatures } from '../reward-model'
import { drawPairs } from '../testing/draw-pairs'
import { loadRewardModel, loadTrainingState, saveRewardModel, saveTrainingState } from './index'

const data = drawPairs({ pairs: 60, columns: 3, seed: 1, flipped: 0.1 })
const options = { hidden: [4], epochs: 3, batchSize: 16, members: 2, dropout: 0.2 }
const inputs = 3

let folder = ''
let model: RewardModel
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-reward-models-'))
  model = await trainRewardModel(data, options)
})
afterAll(() => rm(folder, { recursive: true }))

describe('saveRewardModel and loadRewardModel', () => {
  it('give back a model that scores the same, and how its features are made', async () => {
    const directory = join(folder, 'kept')
    const features = {
      embedder: { kind: 'hashedNgrams', dimensions: 64 },
      embedderId: 'some-id',
      parts: ['response', 'surface'],
      surface: ['length', 'commas'],
    } as const
    await saveRewardModel(directory, { ...model, features })
    expect((await readdir(directory)).toSorted()).toEqual(['model.json', 'model.safetensors'])
    const loaded = await loadRewardModel(directory)
    expect(loaded.options).toEqual(model.options)
    expect(loaded.features).toEqual(features)
    expect(await scoreFeatures(loaded, data.features)).toEqual(await scoreFeatures(model, data.features))
  })

  it('write the same bytes for the same model', async () => {
    const [a, b] = [join(folder, 'same-a'), join(folder, 'same-b')]
    await saveRewardModel(a, model)
    await saveRewardModel(b, await trainRewardModel(data, options))
    for (const name of await readdir(a)) {
      expect(await readFile(join(a, name))).toEqual(await readFile(join(b, name)))
    }
  })

  const descriptionOf = async (directory: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(directory, 'model.json'), 'utf8'))

  it.each([
    [
      'of a later release',
      { version: 2 },
      'NEWER_VERSION',
      /model\.json: written as version 2; .*update prefkit$/,
    ],
    [
      'of another format',
      { format: 'other' },
      'INVALID_MODEL',
      /expected format "prefkit.reward-model", got "other"/,
    ],
    [
      'without a version',
      { version: undefined },
      'INVALID_MODEL',
      /version: expected a whole number ≥ 1, got none/,
    ],
    [
      'with a wrong option',
      { options: { hidden: 4 } },
      'INVALID_MODEL',
      /in options: hidden: expected a list/,
    ],
    ['with an unknown option', { options: { lr: 1 } }, 'INVALID_MODEL', /in options: no option lr; expected/],
    ['without options', { options: null }, 'INVALID_MODEL', /in options: expected an object of the options/],
    [
      'without its width',
      { inputs: undefined },
      'INVALID_MODEL',
      /inputs: expected a whole number ≥ 1, got nothing/,
    ],
    [
      'with features that make no sense',
      { features: 1 },
      'INVALID_MODEL',
      /features: expected an object of embedder, embedderId and parts/,
    ],
    [
      'with parts that do not exist',
      { features: { embedder: {}, parts: ['answer'] } },
      'INVALID_MODEL',
      /features\.parts: expected some of .* got answer/,
    ],
    [
      "without the embedder's id",
      { features: { embedder: {}, parts: ['response'] } },
      'INVALID_MODEL',
      /features\.embedderId: expected the embedder's id, got nothing/,
    ],
    [
      'without the names of its surface features',
      { features: { embedder: {}, embedderId: 'x', parts: ['surface'], surface: [1] } },
      'INVALID_MODEL',
      /features\.surface: expected the names of the surface features, got \[1\]/,
    ],
    [
      'of another width',
      { inputs: 5 },
      'INVALID_MODEL',
      /model\.safetensors: members\.0\.layers\.0\.weight: expected f32 \[5, 4\], got f32 \[3, 4\]/,
    ],
    [
      'with other members',
      { members: 3 },
      'INVALID_MODEL',
      /members\.2\.layers\.0\.weight: expected .* got nothing/,
    ],
  ])('refuse a model %s', async (_, change, code, message) => {
    const directory = join(folder, 'changed')
    await saveRewardModel(directory, model)
    await writeFile(
      join(directory, 'model.json'),
      JSON.stringify({ ...(await descriptionOf(directory)), ...change }),
    )
    await expect(loadRewardModel(directory)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('refuse what is missing, empty, cut short or no number', async () => {
    const refuses = (directory: string, message: RegExp) =>
      expect(loadRewardModel(directory)).rejects.toMatchObject({
        code: 'INVALID_MODEL',
        message: expect.stringMatching(message),
      })
    await refuses(join(folder, 'nowhere'), /nowhere\/model\.json: could not be read: ENOENT/)
    const directory = join(folder, 'broken')
    await saveRewardModel(directory, model)
    const weights = await readFile(join(directory, 'model.safetensors'))
    await writeFile(join(directory, 'model.safetensors'), weights.subarray(0, weights.length - 1))
    await refuses(directory, /model\.safetensors: .*bytes/)
    const { tensors } = await readSafetensors(join(folder, 'kept', 'model.safetensors'))
    const holes = { ...tensors, 'members.0.layers.1.bias': tensor([Number.NaN]) }
    await writeSafetensors(join(directory, 'model.safetensors'), holes)
    await refuses(
      directory,
      /model\.safetensors: members\.0\.layers\.1\.bias: expected finite numbers, got NaN/,
    )
    await rm(join(directory, 'model.safetensors'))
    await refuses(directory, /model\.safetensors: could not be read: ENOENT/)
    await writeFile(join(directory, 'model.json'), '')
    await refuses(directory, /model\.json: is no JSON/)
    await writeFile(join(directory, 'model.json'), '[]')
    await refuses(directory, /model\.json: expected a JSON object/)
  })

  it('leave the old model as it was when the disk is full', async () => {
    const directory = join(folder, 'full')
    await saveRewardModel(directory, model)
    const before = await readFile(join(directory, 'model.safetensors'))
    // A limit on the size of files stands in for the full disk: the write itself fails, in the real file system.
    const limited = `trap '' XFSZ; ulimit -f 8; exec "$0" --import ../../tools/on-sources.mjs "$1" "$2"`
    const program = join(import.meta.dirname, '../testing/save-zeros.ts')
    const cwd = join(import.meta.dirname, '../..')
    const save = (script: string) =>
      spawnSync('sh', ['-c', script, process.execPath, program, directory], { encoding: 'utf8', cwd })
    const { stdout } = save(limited)
    expect(stdout).toMatch(/^WRITE_FAILED .*full\/model\.safetensors: could not be written: EFBIG/)
    expect(await readFile(join(directory, 'model.safetensors'))).toEqual(before)
    expect((await readdir(folder)).filter((name) => name.startsWith('full'))).toEqual(['full'])
    expect(save(limited.replace('ulimit -f 8', 'true')).stdout).toBe('saved')
    expect(await readFile(join(directory, 'model.safetensors'))).not.toEqual(before)
  })
})

describe('saveTrainingState and loadTrainingState', () => {
  async function statesOf(settings = {}): Promise<{ states: TrainingState[]; records: object[] }> {
    const steps: TrainingProgress[] = []
    for await (const step of fitRewardModel(data, options, settings)) steps.push(step)
    return {
      states: steps.flatMap(({ state }) => state ?? []),
      records: steps.map(({ record }) => record),
    }
  }

  it('go on from every epoch on disk as if training had never stopped', async () => {
    const whole = await statesOf()
    expect(whole.states.length).toBe(6)
    for (const [i, state] of whole.states.entries()) {
      const directory = join(folder, `state-${i}`)
      await saveTrainingState(directory, state, { options, inputs })
      const resume = await loadTrainingState(directory, { options, inputs })
      const rest = await statesOf({ resume })
      expect(rest.records).toEqual(whole.records.slice(whole.records.length - rest.records.length))
      expect(rest.states.length).toBe(5 - i)
    }
  })

  it('refuse other options, another width, and counters that make no sense', async () => {
    const directory = join(folder, 'state')
    const { states } = await statesOf()
    await saveTrainingState(directory, states[0]!, { options, inputs })
    const refuses = (identity: object, message: string) =>
      expect(loadTrainingState(directory, { options, inputs, ...identity })).rejects.toMatchObject({
        code: 'INVALID_MODEL',
        message: `${join(directory, 'state.json')}: ${message}`,
      })
    await refuses({ options: { ...options, seed: 1 } }, 'seed was 0 when it was saved, is 1 now')
    await refuses({ options: { ...options, hidden: [5] } }, 'hidden was [4] when it was saved, is [5] now')
    await refuses({ inputs: 4 }, 'inputs was 3 when it was saved, is 4 now')
    const content = JSON.parse(await readFile(join(directory, 'state.json'), 'utf8'))
    const rewrite = (change: object) =>
      writeFile(join(directory, 'state.json'), JSON.stringify({ ...content, ...change }))
    await rewrite({ step: -1 })
    await refuses({}, 'step: expected a whole number ≥ 0, got -1')
    await rewrite({ losses: [null] })
    await refuses({}, 'losses: expected a list of numbers')
    await rewrite({ version: 9 })
    await expect(loadTrainingState(directory, { options, inputs })).rejects.toMatchObject({
      code: 'NEWER_VERSION',
    })
    await rewrite({})
    await mkdir(folder, { recursive: true })
    await writeSafetensors(join(directory, 'state.safetensors'), { other: tensor([1]) })
    await expect(loadTrainingState(directory, { options, inputs })).rejects.toMatchObject({
      code: 'INVALID_MODEL',
    })
  })
})

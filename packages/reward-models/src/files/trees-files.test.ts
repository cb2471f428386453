import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readModel, writeModel } from '@prefkit/trees'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fitRewardModel, type TrainingProgress, trainRewardModel } from '../fit-reward-model'
import { type RewardModel, scoreFeatures } from '../reward-model'
import { drawPairs } from '../testing/draw-pairs'
import { loadRewardModel, loadTrainingState, saveRewardModel, saveTrainingState } from './index'

const data = drawPairs({ pairs: 80, columns: 3, seed: 1, flipped: 0.1 })
const options = {
  kind: 'trees',
  epochs: 4,
  members: 2,
  trees: { num_leaves: 5, min_data_in_leaf: 5 },
} as const
const inputs = 3

let folder = ''
let model: RewardModel<'trees'>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-reward-models-'))
  model = await trainRewardModel(data, options)
})
afterAll(() => rm(folder, { recursive: true }))

describe('files of trees', () => {
  it('are LightGBM’s text models, one a member, and score the same', async () => {
    const directory = join(folder, 'kept')
    await saveRewardModel(directory, model)
    expect((await readdir(directory)).toSorted()).toEqual(['model.json', 'trees-0.txt', 'trees-1.txt'])
    const text = await readFile(join(directory, 'trees-1.txt'), 'utf8')
    expect(text).toBe(writeModel(model.members[1]!))
    expect(readModel(text).trees.length).toBe(model.members[1]!.trees.length)
    const loaded = await loadRewardModel(directory)
    expect(loaded.options).toEqual(model.options)
    expect(await scoreFeatures(loaded, data.features)).toEqual(await scoreFeatures(model, data.features))
  })

  it('refuse what is missing, cut short, or of another width', async () => {
    const refuses = (directory: string, message: RegExp) =>
      expect(loadRewardModel(directory)).rejects.toMatchObject({
        code: 'INVALID_MODEL',
        message: expect.stringMatching(message),
      })
    const directory = join(folder, 'broken')
    await saveRewardModel(directory, model)
    const path = join(directory, 'trees-1.txt')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.slice(0, text.length / 2))
    await refuses(directory, /trees-1\.txt: /)
    await rm(path)
    await refuses(directory, /trees-1\.txt: could not be read: ENOENT/)
    await writeFile(path, text)
    const description = JSON.parse(await readFile(join(directory, 'model.json'), 'utf8'))
    await writeFile(join(directory, 'model.json'), JSON.stringify({ ...description, inputs: 5 }))
    await refuses(directory, /trees-0\.txt: max_feature_idx: expected 4, got 2/)
    const { options } = description
    const other = { ...description, options: { ...options, objective: 'clf' } }
    await writeFile(join(directory, 'model.json'), JSON.stringify(other))
    await refuses(directory, /trees-0\.txt: objective: expected binary, got bradley_terry/)
  })
})

describe('checkpoints of trees', () => {
  async function stepsOf(settings = {}): Promise<TrainingProgress<'trees'>[]> {
    const steps: TrainingProgress<'trees'>[] = []
    for await (const step of fitRewardModel(data, options, settings)) steps.push(step)
    return steps
  }

  it('go on from every round on disk as if training had never stopped', async () => {
    const whole = await stepsOf()
    expect(whole.length).toBe(8)
    for (const [i, { state }] of whole.entries()) {
      const directory = join(folder, `state-${i}`)
      await saveTrainingState(directory, state!, { options, inputs })
      const resume = await loadTrainingState(directory, { options, inputs })
      const rest = await stepsOf({ resume })
      expect(rest.map(({ record }) => record)).toEqual(whole.slice(i + 1).map(({ record }) => record))
      const again = await trainRewardModel(data, options, { resume })
      expect(again.members.map((member) => writeModel(member))).toEqual(
        model.members.map((member) => writeModel(member)),
      )
    }
  })

  it('of Bradley–Terry come to the same files from every round, whose values of inner nodes have few digits', async () => {
    const pairs = drawPairs({ pairs: 400, columns: 3, seed: 2, flipped: 0.1 })
    const bt = {
      kind: 'trees',
      objective: 'bt',
      epochs: 4,
      keep: 'last',
      trees: { num_leaves: 31, min_data_in_leaf: 3 },
    } as const
    const steps: TrainingProgress<'trees'>[] = []
    const onProgress = (step: TrainingProgress<'trees'>) => steps.push(step)
    const bytes = async (name: string, trained: RewardModel): Promise<string> => {
      await saveRewardModel(join(folder, name), trained)
      return readFile(join(folder, name, 'trees-0.txt'), 'utf8')
    }
    const whole = await bytes('bt-whole', await trainRewardModel(pairs, bt, { onProgress }))
    expect(readModel(whole).trees[0]!.numLeaves).toBe(31)
    expect(steps.length).toBe(4)
    for (const [i, { state }] of steps.entries()) {
      const directory = join(folder, `bt-state-${i}`)
      await saveTrainingState(directory, state!, { options: bt, inputs })
      const resume = await loadTrainingState(directory, { options: bt, inputs })
      expect(await bytes(`bt-rest-${i}`, await trainRewardModel(pairs, bt, { resume }))).toBe(whole)
    }
  })

  it('refuse other options, other trees, and those of an MLP', async () => {
    const directory = join(folder, 'state')
    const [first, second] = await stepsOf()
    await saveTrainingState(directory, second!.state!, { options, inputs })
    const refuses = (given: object, message: RegExp) =>
      expect(loadTrainingState(directory, { options: given, inputs })).rejects.toMatchObject({
        code: 'INVALID_MODEL',
        message: expect.stringMatching(message),
      })
    await refuses(
      { ...options, trees: { num_leaves: 6 } },
      /state\.json: trees was .* when it was saved, is /,
    )
    await refuses({ hidden: [] }, /state\.json: kind was "trees" when it was saved, is "mlp" now/)
    await writeFile(join(directory, 'trees.txt'), writeModel(first!.state!.current.trees))
    await refuses(options, /trees\.txt: expected the trees of 2 rounds, got 1/)
  })
})

it('reads what earlier releases wrote, which knew of MLPs alone and said no kind', async () => {
  const mlp = { hidden: [2], epochs: 2, batchSize: 16 }
  const directory = join(folder, 'earlier')
  const trained = await trainRewardModel(data, mlp)
  await saveRewardModel(directory, trained)
  const forget = async (path: string): Promise<void> => {
    const content = JSON.parse(await readFile(path, 'utf8'))
    expect(content.options.kind).toBe('mlp')
    delete content.options.kind
    await writeFile(path, JSON.stringify(content))
  }
  await forget(join(directory, 'model.json'))
  const loaded = await loadRewardModel(directory)
  expect(loaded.options).toEqual(trained.options)
  expect(await scoreFeatures(loaded, data.features)).toEqual(await scoreFeatures(trained, data.features))
  const states: TrainingProgress<'mlp'>[] = []
  for await (const step of fitRewardModel(data, mlp)) states.push(step)
  const { state } = states.findLast((step) => step.state)!
  await saveTrainingState(join(folder, 'earlier-state'), state!, { options: mlp, inputs })
  await forget(join(folder, 'earlier-state', 'state.json'))
  const found = await loadTrainingState(join(folder, 'earlier-state'), { options: mlp, inputs })
  expect(found.current.epoch).toBe(2)
})

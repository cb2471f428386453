import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Effort } from '../turns.ts'
import { type PredictRequest, parameters, type TrainRequest, type TreesCase } from './cases.ts'
import { type CaseFiles, dataFilesOf } from './data-files.ts'
import { equalTrees } from './model-text.ts'
import { readNpy } from './npy.ts'
import { type Race, race } from './race.ts'
import { largestDifference, type Scores, scoresOf } from './scores.ts'
import { once, type TreesPeer } from './timed-peer.ts'

/** What the same data and parameters came to, beside the times. */
export interface Agreement {
  /** On rows that nobody trained on, each with its own model. */
  readonly scores: { readonly ours: Scores; readonly theirs: Scores }
  /** Leading trees with the same splits, and trees in all. */
  readonly trees: { readonly equal: number; readonly all: number }
  /** Of the probabilities that both predict with LightGBM's model, the largest relative difference. */
  readonly predictions: number
  /** Whether prefkit trains the same model, letter by letter, with 1 and with 2 threads. */
  readonly sameWhateverThreads: boolean
}

/** The races of a case, in order of the table. */
export interface CaseResult {
  readonly name: TreesCase['name']
  readonly threads: number
  readonly races: Readonly<Record<'training' | 'prediction' | 'prediction, one model', Race>>
  readonly agreement: Agreement
}

/** Who takes part, and how long. */
export interface Setting {
  readonly ours: TreesPeer
  readonly theirs: TreesPeer
  readonly threads: number
  /** Where data are kept from one run to the next. */
  readonly data: string
  readonly effort: Effort
}

/** The files that one case is written to, and what is asked for. */
interface Desk {
  train(name: string, threads: number): TrainRequest
  predict(name: string, model: string, data?: keyof CaseFiles): PredictRequest
  /** The text of a model. */
  model(name: string): string
  predictions(name: string): Float32Array | Float64Array
  readonly files: CaseFiles
}

function deskIn(folder: string, spec: TreesCase, { data, threads }: Setting): Desk {
  const files = dataFilesOf(spec, data)
  const model = (name: string) => join(folder, `${name}.txt`)
  const predictions = (name: string) => join(folder, `${name}.npy`)
  return {
    files,
    train: (name, threads) => ({
      ...{ task: 'train', threads, data: files.training, parameters },
      ...{ iterations: spec.iterations, model: model(name) },
    }),
    predict: (name, of, part = 'training') => ({
      ...{ task: 'predict', threads, data: files[part], model: model(of), predictions: predictions(name) },
    }),
    model: (name) => readFileSync(model(name), 'utf8'),
    predictions: (name) => readNpy(predictions(name)).data,
  }
}

/** How both do on what was held out. */
async function compareScores(desk: Desk, { ours, theirs }: Setting): Promise<Agreement['scores']> {
  const { data: labels } = readNpy(desk.files.heldOut.label)
  const scores = async (peer: TreesPeer, name: string) => {
    await once(peer, desk.predict(`${name}-held-out`, name, 'heldOut'))
    return scoresOf(desk.predictions(`${name}-held-out`), labels)
  }
  return { ours: await scores(ours, 'ours'), theirs: await scores(theirs, 'theirs') }
}

/** Trains with 1 and with 2 threads, where that has not been done. */
async function compareThreads(desk: Desk, { ours, threads }: Setting): Promise<boolean> {
  const models: string[] = []
  for (const count of [1, 2]) {
    const name = count === threads ? 'ours' : `ours-${count}`
    if (count !== threads) await once(ours, desk.train(name, count))
    models.push(desk.model(name))
  }
  return models[0] === models[1]
}

/** Races both on one case, and compares what came of it. */
export async function runCase(spec: TreesCase, setting: Setting): Promise<CaseResult> {
  const { ours, theirs, threads, effort } = setting
  const folder = mkdtempSync(join(tmpdir(), 'prefkit-trees-'))
  try {
    const desk = deskIn(folder, spec, setting)
    const [own, other] = [desk.train('ours', threads), desk.train('theirs', threads)]
    const training = await race(
      [
        [ours, own],
        [theirs, other],
      ],
      effort,
    )
    const trees = equalTrees(desk.model('ours'), desk.model('theirs'))
    const predicting = (model: string) =>
      race(
        [
          [ours, desk.predict('by-ours', model)],
          [theirs, desk.predict('by-theirs', 'theirs')],
        ],
        effort,
      )
    const races = {
      training,
      prediction: await predicting('ours'),
      'prediction, one model': await predicting('theirs'),
    }
    const predictions = largestDifference(desk.predictions('by-ours'), desk.predictions('by-theirs'))
    const scores = await compareScores(desk, setting)
    const sameWhateverThreads = await compareThreads(desk, setting)
    return { name: spec.name, threads, races, agreement: { scores, trees, predictions, sameWhateverThreads } }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

import { closeSync, readFileSync, writeFileSync } from 'node:fs'
import {
  type Matrix,
  predict,
  readModel,
  trainBoostedTrees,
  writeModel,
} from '../../packages/trees/dist/index.js'
import { serveSteps } from '../peer.ts'
import { summarize } from '../statistics.ts'
import type { PredictRequest, TrainRequest, TreesRequest } from '../trees/cases.ts'
import { beginNpy, readNpy, writeNumbers } from '../trees/npy.ts'

/** @throws Error where the file has another shape. */
function readMatrix(file: string): Matrix {
  const { data, shape } = readNpy(file)
  const [rows, columns] = shape
  if (rows === undefined || columns === undefined) throw new Error(`${file}: expected rows of features`)
  return { data, rows, columns }
}

/** Seconds from now on. */
function startClock(): () => number {
  const start = performance.now()
  return () => (performance.now() - start) / 1000
}

/** Takes one step. @returns Seconds of its parts. */
type Step = () => Promise<readonly number[]>

/** Seconds before the first iteration, and from there on. */
function prepareTraining({ data, parameters, iterations, threads, model: file }: TrainRequest): Step {
  const features = readMatrix(data.features)
  const { data: label } = readNpy(data.label)
  return async () => {
    const clock = startClock()
    const ends: number[] = []
    const model = await trainBoostedTrees(
      { features, label },
      { ...parameters, num_iterations: iterations },
      { threads, onIteration: () => void ends.push(clock()) },
    )
    const seconds = clock()
    writeFileSync(file, writeModel(model))
    const before = ends[0]! - summarize(ends.slice(1).map((end, i) => end - ends[i]!)).median
    return [before, seconds - before]
  }
}

/** Seconds of predicting all rows. */
function preparePrediction({ data, model: file, predictions: written }: PredictRequest): Step {
  const features = readMatrix(data.features)
  const model = readModel(readFileSync(file, 'utf8'))
  return async () => {
    const clock = startClock()
    const predictions = predict(model, features)
    const seconds = clock()
    const out = beginNpy(written, 'f8', [predictions.length])
    writeNumbers(out, predictions)
    closeSync(out)
    return [seconds]
  }
}

/** Takes steps one by one. @returns Seconds of the parts, of all steps together. */
const addingUp = (step: Step) => async (count: number) => {
  let sums: readonly number[] = []
  for (let i = 0; i < count; i++) sums = (await step()).map((seconds, part) => seconds + (sums[part] ?? 0))
  return [...sums]
}

await serveSteps(async (request: TreesRequest) => {
  const step = request.task === 'train' ? prepareTraining(request) : preparePrediction(request)
  return { description: `prefkit, ${request.threads} thread(s)`, run: addingUp(step) }
})

import { contextLength, type Datum, type SftState, sft, type Weights } from '@prefkit/lm'
import { completionRow } from '../../../lm/completion-rows'
import { sftDatum } from '../../../lm/sft-data'
import { stepSizes } from '../../../lm/step-sizes'
import { readRows } from '../../../tables/read-rows'
import type { AlgorithmState } from '../../algorithms/algorithm'
import { releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { isOfPrompts } from '../data/is-of-prompts'
import { promptsOfRun } from '../data/read-prompts'
import { type RowsToLearn, rowsToLearn } from '../data/rows-to-learn'
import type { OpenedStage, Stage, StageContext, StageStep } from '../driver/stage'
import { trainedPath } from '../models/model-source'
import { openTrainee, type Trainee } from '../models/open-trainee'

type SftSettings = NonNullable<RunConfig['sft']>

async function readData(
  { files, maxLength }: SftSettings,
  config: RunConfig,
  { encoding, model }: Trainee,
  context: StageContext,
): Promise<RowsToLearn<Datum>> {
  const { chat, system } = config.model
  const reader = { encoding, model: model.config, signal: context.signal }
  const { heldOut } = await promptsOfRun(config, reader)
  const isTest = isOfPrompts(heldOut, encoding, { chat, system })
  const read = (await readRows(files, context)).map((located) => {
    const row = completionRow(located)
    return { row, place: located.place, isTest: isTest(row) }
  })
  const { rows, alsoHeldOut } = rowsToLearn('sft.files', read, context.onWarning)
  const longest = Math.min(maxLength, contextLength(model.config))
  const data = rows.map((row) => sftDatum(encoding, row, { chat, system, maxLength: longest }))
  return { rows: data, alsoHeldOut }
}

/** How often and how fast, over the data. */
type Passes = Omit<SftSettings, 'files' | 'maxLength'>

/** Fine-tuning of a model that is open, on data that are read: it is saved into the stage's directory, and released with it. */
export function openTuning(
  { model: { microBatchTokens }, seed, backend }: RunConfig,
  { path }: StageContext,
  trainee: Trainee,
  { rows: data, alsoHeldOut }: RowsToLearn<Datum>,
  settings: Passes,
): OpenedStage {
  const { model, lora, initial, base } = trainee
  const { epochs, batchSize } = settings
  const learningRate = stepSizes(settings, epochs * Math.ceil(data.length / batchSize))
  let trained: Weights = {}

  async function* steps(resume?: AlgorithmState): AsyncGenerator<StageStep, void, void> {
    const training = sft(model.config, model.weights, data, {
      ...{ epochs, batchSize, learningRate, seed, backend },
      ...(microBatchTokens !== undefined && { microBatchTokens }),
      ...(lora && { lora }),
      ...(initial && { initial }),
      // Of this stage, which keeps nothing else.
      ...(resume && { resume: resume.trainings.model as SftState }),
    })
    for (;;) {
      const begun = performance.now()
      const next = await training.next()
      if (next.done) {
        trained = next.value
        return
      }
      const { record, totalSteps, state } = next.value
      const { step, ...metrics } = record
      const seconds = { learn: (performance.now() - begun) / 1000 }
      const stateOf = async () => ({ step, trainings: { model: await state() } })
      yield { step, totalSteps, metrics, seconds, state: stateOf }
    }
  }

  return {
    steps,
    async finish() {
      await trainee.save(trainedPath(path), { model, trained, ...(lora && { lora }) })
      return { base, rows: data.length, alsoHeldOut }
    },
    release: trainee.release,
  }
}

/** Supervised fine-tuning: the model that everything after it begins as. */
export const sftStage = (config: RunConfig, settings: SftSettings): Stage => ({
  name: 'sft',
  async open(context) {
    const { path, adapter, lora } = config.model
    const trainee = await openTrainee(config, { model: path, adapter }, lora, context)
    return releasedOnError(trainee, async () =>
      openTuning(config, context, trainee, await readData(settings, config, trainee, context), settings),
    )
  },
})

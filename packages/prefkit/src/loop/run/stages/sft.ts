import { contextLength, type Datum, type SftState, sft, type Weights } from '@prefkit/lm'
import { completionRow } from '../../../lm/completion-rows'
import { sftDatum } from '../../../lm/sft-data'
import { stepSizes } from '../../../lm/step-sizes'
import { readRows } from '../../../tables/read-rows'
import type { AlgorithmState } from '../../algorithms/algorithm'
import type { RunConfig } from '../config/run-config'
import type { Stage, StageContext, StageStep } from '../driver/stage'
import { trainedPath } from '../models/model-source'
import { openTrainee, type Trainee } from '../models/open-trainee'

type SftSettings = NonNullable<RunConfig['sft']>

async function readData(
  { files, maxLength }: SftSettings,
  { model: { chat, system } }: RunConfig,
  { encoding, model }: Trainee,
  context: StageContext,
): Promise<Datum[]> {
  const rows = (await readRows(files, context)).map(completionRow)
  const longest = Math.min(maxLength, contextLength(model.config))
  return rows.map((row) => sftDatum(encoding, row, { chat, system, maxLength: longest }))
}

/** Supervised fine-tuning: the model that everything after it begins as. */
export const sftStage = (config: RunConfig, settings: SftSettings): Stage => ({
  name: 'sft',
  async open(context) {
    const { model: base, seed, backend } = config
    const trainee = await openTrainee(config, { model: base.path, adapter: base.adapter }, base.lora, context)
    let trained: Weights = {}
    const data = await readData(settings, config, trainee, context).catch(async (error) => {
      await trainee.release()
      throw error
    })
    const { epochs, batchSize } = settings
    const learningRate = stepSizes(settings, epochs * Math.ceil(data.length / batchSize))

    async function* steps(resume?: AlgorithmState): AsyncGenerator<StageStep, void, void> {
      const { model, lora, initial } = trainee
      const training = sft(model.config, model.weights, data, {
        ...{ epochs, batchSize, learningRate, seed, backend },
        ...(base.microBatchTokens !== undefined && { microBatchTokens: base.microBatchTokens }),
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
        const { model, lora } = trainee
        await trainee.save(trainedPath(context.path), { model, trained, ...(lora && { lora }) })
        return { base: trainee.base, rows: data.length }
      },
      release: trainee.release,
    }
  },
})

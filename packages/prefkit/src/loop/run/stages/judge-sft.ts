import { completionDatum, type Datum } from '@prefkit/lm'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { z } from 'zod'
import { type Encoding, encodePrompt } from '../../../lm/encode-prompt'
import { PrefkitError } from '../../../prefkit-error'
import { placeText } from '../../../tables/place-text'
import { readRows } from '../../../tables/read-rows'
import { type JudgeTranscript, parSftData } from '../../algorithms/par-data'
import { judgePrompt } from '../../algorithms/par-form'
import { releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { readComparisonFiles } from '../data/comparison-file'
import { heldOutTexts } from '../data/held-out-texts'
import { type RowsToLearn, rowsToLearn } from '../data/rows-to-learn'
import type { Stage, StageContext } from '../driver/stage'
import { judgeForm, judgeReading, shortForm } from '../models/judge-form'
import { startSource } from '../models/model-source'
import { openTrainee, type Trainee } from '../models/open-trainee'
import { openTuning } from './sft'

/** A judge that is to be trained. */
export type JudgeSettings = NonNullable<RunConfig['judge']>

/** The model that a judge begins as, before any stage of its own. */
export const judgeBeginning = (config: RunConfig, { model }: JudgeSettings, { results }: StageContext) =>
  model === undefined ? startSource(config, results) : { model }

const text = z.string().min(1)

/** A row of a file of transcripts. */
const transcript = z.looseObject({
  ...{ prompt: text, chosen: text, rejected: text, chosen_judgement: text, rejected_judgement: text },
})

const expected =
  'expected prompt, chosen, rejected, chosen_judgement and rejected_judgement, all of them text'

/** Prompts whose responses the judge or the policy is evaluated on: by their texts, as the judge may have tokens of its own. */
async function testedTexts(config: RunConfig, { results, signal }: StageContext): Promise<Set<string>> {
  const from = results.get('comparisons')
  const { heldOut } = from ? await readComparisonFiles(from.path) : { heldOut: [] }
  return new Set([...(await heldOutTexts(config, { signal })), ...heldOut.map(({ prompt }) => prompt.text)])
}

/** What a larger judge wrote of pairs. @throws PrefkitError `BAD_ROW` naming file and line. */
async function readTranscripts(
  files: readonly string[],
  config: RunConfig,
  encoding: Encoding,
  context: StageContext,
): Promise<RowsToLearn<JudgeTranscript>> {
  const rows = await readRows(files, { signal: context.signal })
  const tested = await testedTexts(config, context)
  const read = rows.map(({ place, value }, i) => {
    const parsed = transcript.safeParse(value)
    if (!parsed.success) throw new PrefkitError('BAD_ROW', `${placeText(place)}: ${expected}`)
    const { prompt, chosen, rejected, chosen_judgement, rejected_judgement } = parsed.data
    const judged = (response: string, judgement: string) => ({
      response: { text: response, tokens: encoding.tokenizer.encode(response, { addSpecialTokens: false }) },
      judgement,
    })
    const row: JudgeTranscript = {
      prompt: { id: `${i + 1}`, text: prompt, tokens: encodePrompt(encoding, prompt) },
      chosen: judged(chosen, chosen_judgement),
      rejected: judged(rejected, rejected_judgement),
    }
    return { row, place, isTest: tested.has(prompt) }
  })
  return rowsToLearn('judge.sft.files', read, context.onWarning)
}

/** Scores that have nothing to do with what is scored: what they teach is the form. */
async function formAlone(
  form: NonNullable<ReturnType<typeof shortForm>>,
  context: StageContext,
  seed: number,
): Promise<Datum[]> {
  const from = context.results.get('comparisons')
  const { train } = from ? await readComparisonFiles(from.path) : { train: [] }
  const { min, max } = form.format.scale
  const random = xoroshiro128plus(seed)
  return train.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map((response) => {
      const answer = form.format.answer(uniformInt(random, min, max))
      return completionDatum(judgePrompt(form, { prompt, response }).tokens, form.encodeAnswer(answer))
    }),
  )
}

async function dataOf(
  config: RunConfig,
  settings: JudgeSettings & { readonly sft: NonNullable<JudgeSettings['sft']> },
  trainee: Trainee,
  context: StageContext,
): Promise<RowsToLearn<Datum>> {
  const { files, margin } = settings.sft
  const reading = judgeReading(trainee, settings.maxNewTokens)
  if (files) {
    const { rows, alsoHeldOut } = await readTranscripts(files, config, trainee.encoding, context)
    return { rows: parSftData(rows, judgeForm(reading, settings), { above: margin }), alsoHeldOut }
  }
  const short = shortForm(reading, settings)
  if (short) return { rows: await formAlone(short, context, config.seed), alsoHeldOut: 0 }
  const problem = 'expected files of transcripts, as nobody else knows what reasons look like; got none'
  throw new PrefkitError('INVALID_CONFIG', `judge.sft.files: ${problem}`)
}

/**
 * The first stage of PaTaRM (2510.24235): a judge learns the form of its answers, from transcripts whose margin is large; where there are
 * none, a judge that answers with a score alone learns the form from any scores.
 */
export const judgeSftStage = (config: RunConfig, settings: JudgeSettings): Stage => ({
  name: 'judge_sft',
  async open(context) {
    // There is a section for it, or no such stage.
    const own = { ...settings, sft: settings.sft! }
    const source = judgeBeginning(config, settings, context)
    const trainee = await openTrainee(config, source, settings.lora ?? config.model.lora, context)
    return releasedOnError(trainee, async () => {
      const data = await dataOf(config, own, trainee, context)
      if (data.rows.length > 0) return openTuning(config, context, trainee, data, own.sft)
      const problem = `expected pairs whose scores differ by more than ${own.sft.margin}, got none`
      throw new PrefkitError('INVALID_CONFIG', `judge.sft: ${problem}`)
    })
  },
})

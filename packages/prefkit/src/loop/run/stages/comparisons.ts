import {
  type Comparison,
  type DialectName,
  dialectNames,
  promptText,
  readComparisons,
  responseText,
} from '@prefkit/datasets'
import { type Encoding, encodeCompletion } from '../../../lm/encode-prompt'
import type { AnnotatorConfig } from '../../../noise/annotator-model'
import { PrefkitError } from '../../../prefkit-error'
import { readProgress } from '../../../reward/read-progress'
import type { PreferencePair } from '../../prompts/preference-pair'
import { policyRollouts } from '../../rollouts/policy-rollouts'
import type { RunConfig } from '../config/run-config'
import { writeComparisonFiles } from '../data/comparison-file'
import { readPrompts } from '../data/read-prompts'
import { splitByText } from '../data/split-by-text'
import type { OpenedStage, Stage, StageContext, StageSummary } from '../driver/stage'
import { drawPairs } from './draw-pairs'
import { judgeLabels } from './judged-comparisons'
import type { LabelPairs } from './label-pairs'
import { openReward } from './rewards/open-rewards'
import { type RunScope, runScope } from './rewards/run-scope'
import { annotatorLabels } from './simulated-comparisons'
import { openStagePolicy, releasedOnError } from './stage-policy'

type Settings = NonNullable<RunConfig['comparisons']>
type Source<Name extends Settings['source']> = Extract<Settings, { source: Name }>

type Open<Name extends Settings['source']> = (
  config: RunConfig,
  settings: Source<Name>,
  context: StageContext,
) => Promise<OpenedStage>

/** Writes pairs in two parts, and says how many there are. */
async function writeParts(
  pairs: readonly PreferencePair[],
  { heldOut: share }: Settings,
  { seed }: RunConfig,
  { path }: StageContext,
): Promise<StageSummary> {
  const parts = splitByText(pairs, ({ prompt }) => prompt.text, { share, seed })
  await writeComparisonFiles(path, parts)
  return { pairs: parts.train.length, heldOut: parts.heldOut.length }
}

/** Pairs of a file, as the model reads them. */
function pairOf(
  comparison: Comparison,
  encoding: Encoding,
  { model: { chat, system } }: RunConfig,
): PreferencePair {
  const { id, preference } = comparison
  const encoded = (response: Comparison['chosen']) => {
    const text = responseText(response)
    const row = { place: id, prompt: promptOf(comparison), completion: text }
    const { prompt, completion } = encodeCompletion(encoding, row, { chat, system, ends: true })
    return { prompt, response: { text, tokens: completion } }
  }
  const [chosen, rejected] = [encoded(comparison.chosen), encoded(comparison.rejected)]
  return {
    prompt: { id, text: promptText(comparison), tokens: chosen.prompt },
    ...{ chosen: chosen.response, rejected: rejected.response },
    ...(preference !== undefined && { preference }),
  }
}

function dialectOf(given: string): DialectName {
  const dialect = dialectNames.find((name) => name === given)
  if (dialect) return dialect
  throw new PrefkitError(
    'INVALID_CONFIG',
    `comparisons.dialect: expected one of ${dialectNames.join(', ')}, got ${given}`,
  )
}

/** A prompt of messages stays one. */
const promptOf = ({ prompt }: Comparison) =>
  typeof prompt === 'string' ? prompt : prompt.map(({ role, content }) => ({ role, content }))

/** Comparisons of people: read, and written as the run's other stages take them. */
const openHuman: Open<'human'> = async (config, settings, context) => {
  const { trainee, release } = await openStagePolicy(config, context)
  return {
    async *steps() {},
    async finish() {
      const { files, dialect, limit = Number.POSITIVE_INFINITY } = settings
      const reader = readComparisons(files, dialect === undefined ? {} : { dialect: dialectOf(dialect) })
      const pairs: PreferencePair[] = []
      for await (const comparison of readProgress(reader, files, context)) {
        if (pairs.length >= limit) break
        pairs.push(pairOf(comparison, trainee.encoding, config))
      }
      return writeParts(pairs, settings, config, context)
    },
    release,
  }
}

/** Says who labels pairs of the model's own responses. */
type Labelling<Name extends Settings['source']> = (
  config: RunConfig,
  settings: Source<Name>,
  scope: RunScope,
) => Promise<LabelPairs>

/** By simulated annotators of a golden reward. */
const simulatedLabels: Labelling<'simulated'> = async ({ seed }, { golden, annotator, flip }, scope) => {
  const { score } = await openReward(golden, scope)
  // What else it may have is checked where it is used.
  const like = { ...annotator, ...(flip > 0 && { flip }) } as AnnotatorConfig
  return annotatorLabels(async (rollouts) => (await score(rollouts)).scores, like, seed)
}

/** By a judge. */
const judgedLabels: Labelling<'judged'> = async (_, settings, { pairJudge }) =>
  judgeLabels(await pairJudge(settings), settings)

/** Pairs of the model's own responses to the prompts, the held-out ones included, labelled. */
const openDrawn =
  <Name extends 'simulated' | 'judged'>(labelling: Labelling<Name>): Open<Name> =>
  async (config, settings, context) => {
    const { seed, sampling } = config
    const { trainee, policy, release } = await openStagePolicy(config, context)
    const scope = runScope(config, context)
    const releaseAll = async (): Promise<void> => {
      await scope.close()
      await release()
    }
    return releasedOnError({ release: releaseAll }, async () => {
      const reader = { encoding: trainee.encoding, model: trainee.model.config, signal: context.signal }
      const { train, heldOut } = await readPrompts(config, reader)
      let pairs: readonly PreferencePair[] = []
      const { pairs: count, pairsPerStep, responsesPerPrompt } = settings as Source<'simulated' | 'judged'>
      const drawing = {
        ...{ source: policyRollouts(policy), prompts: [...train, ...heldOut], sampling, seed },
        ...{
          label: await labelling(config, settings, scope),
          pairs: count,
          pairsPerStep,
          responsesPerPrompt,
        },
        onPairs: (now: readonly PreferencePair[]) => {
          pairs = now
        },
      }
      return {
        steps: (resume) => drawPairs({ ...drawing, resume }),
        finish: () => writeParts(pairs, settings, config, context),
        release: releaseAll,
      }
    })
  }

const openers: { readonly [Name in Settings['source']]: Open<Name> } = {
  human: openHuman,
  simulated: openDrawn(simulatedLabels),
  judged: openDrawn(judgedLabels),
}

/** Comparisons: read from files, or drawn from the model and labelled. */
export const comparisonsStage = (config: RunConfig, settings: Settings): Stage => ({
  name: 'comparisons',
  open(context) {
    // The table has for each source the opener of its own.
    const open = openers[settings.source] as Open<Settings['source']>
    return open(config, settings, context)
  },
})

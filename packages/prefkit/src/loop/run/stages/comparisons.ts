import { PrefkitError } from '../../../prefkit-error'
import type { PreferencePair } from '../../prompts/preference-pair'
import type { LoopPrompt } from '../../prompts/prompt'
import { scoresBy } from '../../rewards/scores-by'
import { policyRollouts } from '../../rollouts/policy-rollouts'
import { closers, releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { writeComparisonFiles } from '../data/comparison-file'
import { endTokens } from '../data/end-tokens'
import { humanPairs, longestPair } from '../data/human-pairs'
import { pairsToLearn } from '../data/pairs-to-learn'
import { promptsOfRun, readPrompts } from '../data/read-prompts'
import { isTestPrompt, splitPairs } from '../data/split-pairs'
import type { OpenedStage, Stage, StageContext, StageSummary } from '../driver/stage'
import { streamSeed } from '../stream-seed'
import { drawPairs } from './draw-pairs'
import { goldenTies, mostlyTies } from './golden-ties'
import { judgeLabels } from './judged-comparisons'
import type { LabelPairs } from './label-pairs'
import { openReward } from './rewards/open-rewards'
import { type RunScope, runScope } from './rewards/run-scope'
import { annotatorLabels } from './simulated-comparisons'
import { openStagePolicy } from './stage-policy'

type Settings = NonNullable<RunConfig['comparisons']>
type Source<Name extends Settings['source']> = Extract<Settings, { source: Name }>

type Open<Name extends Settings['source']> = (
  config: RunConfig,
  settings: Source<Name>,
  context: StageContext,
) => Promise<OpenedStage>

/** Writes pairs in two parts, and says how many there are. @throws PrefkitError `NO_COMPARISONS` where none is left to learn from. */
async function writeParts(
  pairs: readonly PreferencePair[],
  isTest: (prompt: LoopPrompt) => boolean,
  { path }: StageContext,
  leftOut: { readonly tooLong: number; readonly equal: number } = { tooLong: 0, equal: 0 },
): Promise<StageSummary> {
  const parts = splitPairs(pairs, isTest)
  if (parts.train.length === 0) {
    const held = `${parts.heldOut.length} are held out (by comparisons.heldOut, or as their prompts are)`
    const { tooLong, equal } = leftOut
    const all = pairs.length + tooLong + equal
    const others = `of ${all}, ${held}, ${tooLong} are too long, and ${equal} have two equal responses`
    throw new PrefkitError('NO_COMPARISONS', `comparisons: expected some to learn from, got none: ${others}`)
  }
  await writeComparisonFiles(path, parts)
  return { pairs: parts.train.length, heldOut: parts.heldOut.length }
}

/** Comparisons of people: read, and written as the run's other stages take them. */
const openHuman: Open<'human'> = async (config, settings, context) => {
  const { trainee, release } = await openStagePolicy(config, context)
  const { encoding, model } = trainee
  const longest = longestPair(settings, model.config)
  return {
    async *steps() {},
    async finish() {
      const reader = { encoding, model: model.config, signal: context.signal }
      const { heldOut: tests } = await promptsOfRun(config, reader)
      const isTest = isTestPrompt({ tests, share: settings.heldOut, seed: config.seed })
      const ends = endTokens(model, config.sampling)
      const pairs: PreferencePair[] = []
      for await (const pair of humanPairs(settings, encoding, config, { ...context, ends })) pairs.push(pair)
      const { kept, tooLong, equal } = pairsToLearn(pairs, longest)
      const leftOut: readonly (readonly [number, string])[] = [
        [tooLong, `more than ${longest} tokens of prompt and response`],
        [equal, 'two equal responses, of which neither is better'],
      ]
      for (const [count, what] of leftOut)
        if (count > 0)
          context.onWarning?.(`comparisons: ${count} of ${pairs.length} have ${what}, and are left out`)
      return { ...(await writeParts(kept, isTest, context, { tooLong, equal })), tooLong, equal }
    },
    release,
  }
}

/** How pairs of the model's own responses are labelled. */
interface LabellingScope {
  readonly scope: RunScope
  /** Whether comparisons of responses to a prompt are only tested on. */
  readonly isTest: (prompt: LoopPrompt) => boolean
}

/** Says who labels pairs of the model's own responses. */
type Labelling<Name extends Settings['source']> = (
  config: RunConfig,
  settings: Source<Name>,
  work: LabellingScope,
) => Promise<LabelPairs>

/** By simulated annotators of a golden reward. */
const simulatedLabels: Labelling<'simulated'> = async (
  { seed },
  { golden, annotator, flip },
  { scope, isTest },
) => {
  const reward = await openReward(golden, scope, ['comparisons', 'golden'])
  return annotatorLabels(async (rollouts) => (await scoresBy(reward, rollouts)).scores, {
    ...{ annotator, flip, isTest, seed },
  })
}

/** By a judge. */
const judgedLabels: Labelling<'judged'> = async (_, settings, { scope }) =>
  judgeLabels(await scope.pairJudge(settings), settings)

/** Pairs of the model's own responses to the prompts, the held-out ones included, labelled. */
const openDrawn =
  <Name extends 'simulated' | 'judged'>(labelling: Labelling<Name>): Open<Name> =>
  async (config, settings, context) => {
    const { seed, sampling } = config
    const { trainee, policy, release } = await openStagePolicy(config, context)
    const scope = runScope(config, context)
    const { close } = closers(release, scope.close)
    return releasedOnError({ release: close }, async () => {
      const reader = { encoding: trainee.encoding, model: trainee.model.config, signal: context.signal }
      const { train, heldOut: tests } = await readPrompts(config, reader)
      const { heldOut: share, pairs: count, ...sizes } = settings as Source<'simulated' | 'judged'>
      const isTest = isTestPrompt({ tests, share, seed })
      let pairs: readonly PreferencePair[] = []
      const ties = goldenTies()
      const { pairsPerStep, responsesPerPrompt } = sizes
      const drawing = {
        ...{ source: policyRollouts(policy), prompts: [...train, ...tests], sampling },
        ...{ pairs: count, pairsPerStep, responsesPerPrompt, seed: streamSeed(config, 'comparisons') },
        signal: context.signal,
        label: await labelling(config, settings, { scope, isTest }),
        onPairs: (now: readonly PreferencePair[]) => {
          pairs = now
        },
      }
      return {
        steps: (resume) => ties.watch((from) => drawPairs({ ...drawing, resume: from }), resume),
        async finish() {
          const written = await writeParts(pairs, isTest, context)
          if (config.comparisons?.source !== 'simulated') return written
          const told = mostlyTies(ties.count(), pairs.length)
          if (told !== undefined) context.onWarning?.(told)
          return { ...written, withoutDifference: ties.count() }
        },
        release: close,
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

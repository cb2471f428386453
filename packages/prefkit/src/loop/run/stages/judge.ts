import { compileExpression } from '@prefkit/expressions'
import { stepSizes } from '../../../lm/step-sizes'
import { PrefkitError } from '../../../prefkit-error'
import { par } from '../../algorithms/par'
import type { PreferencePair } from '../../prompts/preference-pair'
import { releasedOnError } from '../closers'
import type { RunConfig } from '../config/run-config'
import { readComparisonFiles } from '../data/comparison-file'
import type { Stage, StageSummary } from '../driver/stage'
import { judgeForm, judgeReading } from '../models/judge-form'
import { trainedPath, trainedSource } from '../models/model-source'
import { writeNote } from '../models/reward-model-note'
import { rewardsOf } from '../preflight/rewards-of'
import { streamSeed } from '../stream-seed'
import { type JudgeSettings, judgeBeginning } from './judge-sft'
import { readableWatch, requireReadable } from './readable-judgements'
import { openStagePolicy } from './stage-policy'

/** Whether a reward of the run is what this judge says. */
const isRewardedBy = (config: RunConfig): boolean =>
  rewardsOf(config).some(({ reward }) => reward.type === 'trainedJudge' && reward.path === undefined)

/** A generative judge of single responses learns from the run's comparisons by preference-aware rewards (2510.24235). */
export const judgeStage = (config: RunConfig, settings: JudgeSettings): Stage => ({
  name: 'judge',
  async open(context) {
    const from = context.results.get('comparisons')
    if (!from) throw new PrefkitError('INVALID_CONFIG', 'judge: expected comparisons before it, got none')
    const tuned = context.results.get('judge_sft')
    const source = tuned ? trainedSource(tuned) : judgeBeginning(config, settings, context)
    const lora = settings.lora ?? config.model.lora
    const { trainee, policy, release } = await openStagePolicy(config, context, { source, lora })
    return releasedOnError({ release }, async () => {
      const { train, heldOut } = await readComparisonFiles(from.path)
      const { steps, pairsPerStep, rollouts, maxNewTokens, grades, f, klWeight, labelNoise } = settings
      const { template, rubrics, family } = settings
      const form = judgeForm(judgeReading(trainee, maxNewTokens), settings)
      const isShortened = ({ prompt, chosen, rejected }: PreferencePair): boolean =>
        [chosen, rejected].some((response) => form.shortens({ prompt, response }))
      const shortened = train.filter(isShortened).length
      const options = {
        ...{ policy, form, pairs: train, heldOut },
        ...{
          steps,
          pairsPerStep,
          samplesPerPrompt: rollouts,
          klWeight,
          labelNoise,
          measureKl: true,
          seed: streamSeed(config, 'judge'),
          signal: context.signal,
        },
        ...{ sampling: { maxNewTokens }, learningRate: stepSizes(settings, steps) },
        ...(grades && { grades }),
        ...(f !== undefined && { f: compileExpression(f, 'delta') }),
      }
      const readable = readableWatch(steps)
      return {
        steps: (resume) => readable.watch(par({ ...options, resume }), resume),
        async finish(): Promise<StageSummary> {
          const { base } = trainee
          await policy.save(trainedPath(context.path))
          const asked = { template, rubrics, ...(family !== undefined && { family }) }
          await writeNote(context.path, { kind: 'judge', base, lora: lora ?? null, maxNewTokens, ...asked })
          const last = readable.last()
          if (!last) return { kind: 'judge', base, pairs: train.length, shortened }
          const { onWarning } = context
          requireReadable(
            last,
            { maxNewTokens, hasLearntForm: settings.sft !== undefined },
            { isReward: isRewardedBy(config), ...(onWarning && { onWarning }) },
          )
          return { kind: 'judge', base, pairs: train.length, shortened, readable: last.readable }
        },
        release,
      }
    })
  },
})

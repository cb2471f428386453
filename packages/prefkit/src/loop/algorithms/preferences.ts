import { noMoments, type RunningMoments } from '@prefkit/advantages'
import { type Datum, lossWeights, type PolicyBackend } from '@prefkit/lm'
import { PrefkitError } from '../../prefkit-error'
import { type PreferenceLoss, preferenceLossOf } from '../choices/preference-losses'
import { itemsOfStep } from '../prompts/items-of-step'
import type { StepMetrics } from '../step-record'
import { preferenceUpdateLoss } from '../updates/preference-update-loss'
import { updateModel } from '../updates/update-model'
import { type Algorithm, type AlgorithmOptions, learningRateAt } from './algorithm'
import {
  judgedResponses,
  keepingReference,
  type PreferenceItem,
  pairBatch,
  requirePairs,
  responseBatch,
} from './preferences-batch'
import { requireNumbers } from './require-loop'
import { stopwatch } from './stopwatch'

/** Options of {@link preferences}. */
export interface PreferencesOptions extends AlgorithmOptions {
  /** What learns. */
  readonly policy: PolicyBackend
  /** Pairs; for KTO and BCO also single responses. */
  readonly data: readonly PreferenceItem[]
  /** What is not learnt from, but evaluated. Default: none. */
  readonly heldOut?: readonly PreferenceItem[]
  /** Steps after which what is held out is evaluated, beside the last one. Default: the last one only. */
  readonly evaluateEverySteps?: number
  /** Default: `dpoLoss`. */
  readonly loss?: PreferenceLoss
  /** Items of a step. Default: 16. */
  readonly batchSize?: number
}

/** What a loss learns from, and where its running mean is. */
interface Batch {
  readonly data: readonly Datum[]
  readonly moments: RunningMoments
}

/** Items as the loss takes them, and what makes a batch of them. */
function readerOf(policy: Pick<PolicyBackend, 'forward'>, loss: PreferenceLoss) {
  if (loss.of === 'responses') {
    const read = (_: string, items: readonly PreferenceItem[]) => judgedResponses(items)
    const batch = (
      items: readonly PreferenceItem[],
      before: RunningMoments,
      counts: boolean,
    ): Promise<Batch> => responseBatch(policy, loss, judgedResponses(items), { before, counts })
    return { read, batch, rows: 1 }
  }
  const read = (owner: string, items: readonly PreferenceItem[]) => requirePairs(owner, items, loss)
  const batch = async (items: readonly PreferenceItem[], moments: RunningMoments): Promise<Batch> => ({
    data: await pairBatch(policy, loss, requirePairs('data', items, loss)),
    moments,
  })
  return { read, batch, rows: 2 }
}

const prefixed = (metrics: StepMetrics): StepMetrics =>
  Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`eval_${name}`, value]))

/**
 * Direct alignment: learns from preferences that are there, without a reward model and without drawing. With the defaults it is DPO
 * (2305.18290); another loss makes it IPO, SimPO, ORPO, CPO, KTO, BCO and others, see `preferenceLossOf`. The reference is the policy
 * as it was before it trained, asked anew for each batch, and once in a session of what is held out.
 *
 * Losses that compare all of a batch are computed at once, never in parts: a bound on memory that is too small for it is refused. For
 * single responses the point from which gains count is found before the update, for the whole batch, so that its parts see the same.
 *
 * It logs, under TRL's names, `loss`, `grad_norm`, `learning_rate`, `rewards/chosen`, `rewards/rejected`, `rewards/accuracies`,
 * `rewards/margins`, `logps/chosen`, `logps/rejected`, and what else the loss has; and as `eval_…` the same of what is held out, `loss`
 * included.
 * @throws PrefkitError `INVALID_CONFIG`; what the policy throws.
 */
export async function* preferences(options: PreferencesOptions): Algorithm {
  const { policy, steps, resume, signal, seed = 0, batchSize = 16, heldOut = [] } = options
  const { loss = preferenceLossOf({ name: 'dpoLoss' }), evaluateEverySteps = steps } = options
  const constant = typeof options.learningRate === 'number' ? { learningRate: options.learningRate } : {}
  requireNumbers('preferences', { steps, seed, batchSize, evaluateEverySteps, ...constant })
  const { read, batch, rows } = readerOf(policy, loss)
  const [items, tests] = [read('data', options.data), read('heldOut', heldOut)]
  const { batch: testBatch } = readerOf(keepingReference(policy), loss)
  requireItems(items, batchSize, loss)
  const update = preferenceUpdateLoss(loss)
  const groupSize = loss.of === 'pairs' && loss.comparesBatch ? ('batch' as const) : rows
  if (resume) await policy.restore(resume.trainings.policy!)
  // It was written below.
  let moments = (resume?.data as RunningMoments | undefined) ?? noMoments

  for (let step = resume?.step ?? 0; step < steps; step++) {
    signal?.throwIfAborted()
    const { time, seconds } = stopwatch()
    const learningRate = learningRateAt(options.learningRate, step)
    const own = itemsOfStep<PreferenceItem>(items, step, { count: batchSize, seed })
    const learnt = await time('learn', async () => {
      const made = await batch(own, moments, true)
      moments = made.moments
      const how = {
        ...{ loss: update, learningRate, epochs: 1, minibatches: 1 },
        groupSize,
        step,
        seed,
        signal,
      }
      return updateModel(policy, made.data, how)
    })
    const evaluates = tests.length > 0 && ((step + 1) % evaluateEverySteps === 0 || step + 1 === steps)
    const evaluated = evaluates
      ? await time('evaluate', async () => {
          const { data } = await testBatch(tests, moments, false)
          const all = groupSize === 'batch' ? data.length : groupSize
          const report = lossWeights(data, await policy.forward(data), update, { groupSize: all })
          return prefixed({ loss: report.loss, ...report.metrics })
        })
      : {}
    const reached = moments
    yield {
      step: step + 1,
      totalSteps: steps,
      metrics: { ...learnt, learning_rate: learningRate, ...evaluated },
      seconds,
      state: async () => ({ step: step + 1, trainings: { policy: await policy.state() }, data: reached }),
    }
  }
}

function requireItems(items: readonly unknown[], batchSize: number, loss: PreferenceLoss): void {
  const refuse = (problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `preferences: ${problem}`)
  }
  if (items.length === 0) refuse('data: expected at least one, got none')
  const mismatches = loss.of === 'responses' && loss.point === 'divergence'
  if (mismatches && Math.min(items.length, batchSize) < 2) {
    refuse('batchSize: expected at least 2 responses, as KTO pairs them with prompts of others, got 1')
  }
}

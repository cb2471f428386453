import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalPolicyOptions } from '@prefkit/lm'
import { grpoLoss, gspoLoss, ppoLoss } from '@prefkit/losses'
import { adamW } from '@prefkit/nn'
import { type Tensor, tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import type { Algorithm } from '../algorithms/algorithm'
import { type GrpoOptions, grpo } from '../algorithms/grpo'
import { type PpoOptions, ppo } from '../algorithms/ppo'
import { groupRelative } from '../choices/advantage-estimators'
import type { StepMetrics } from '../step-record'
import { storyPolicy } from '../testing/story-policy'
import { fixedReward, fixedRollouts, type GivenResponse } from './testing/fixed-rollouts'
import { oneThread } from './testing/one-thread'

type Samples = Readonly<
  Record<string, { readonly at: readonly number[]; readonly values: readonly number[] }>
>

/** Steps of a trainer of TRL on given responses: see tools/parity/loop_trl.py. */
interface TrlCase {
  readonly name: string
  readonly steps: readonly (readonly GivenResponse[])[]
  /** What was logged: of each update with GRPO, of each step with PPO. */
  readonly updates: readonly StepMetrics[]
  readonly parameters: Samples
  readonly criticParameters?: Samples
}

interface TrlGolden {
  readonly reference: string
  readonly learningRate: number
  readonly maxNewTokens: number
  readonly head: { readonly weight: readonly number[]; readonly bias: number }
  readonly cases: readonly TrlCase[]
}

const goldenOf = (kind: 'grpo' | 'ppo'): TrlGolden =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../goldens/trl-${kind}.json`), 'utf8'))
const goldens = { grpo: goldenOf('grpo'), ppo: goldenOf('ppo') }

const caseOf = ({ cases }: TrlGolden, name: string): TrlCase => {
  const found = cases.find((each) => each.name === name)
  if (!found) throw new Error(`no case ${name}`)
  return found
}

const meanOf = (all: readonly StepMetrics[], name: string): number =>
  all.reduce((sum, each) => sum + each[name]!, 0) / all.length

/** Of ours against TRL's, in proportion for what is larger than 1: sums in f32 in another order are some 5e-6 off. */
const isNear = (ours: number, theirs: number, name: string): void =>
  expect(Math.abs(ours - theirs), `${name}: ${ours}, TRL ${theirs}`).toBeLessThan(
    2e-5 * Math.max(1, Math.abs(theirs)),
  )

function expectParameters(trained: Readonly<Record<string, Tensor>>, samples: Samples): void {
  const far = Object.entries(samples).flatMap(([name, { at, values }]) => {
    const own = trained[name.replace(/^score\./, 'v_head.summary.')]!
    return at.map((place, i) => Math.abs(Number(own.data[place]) - values[i]!))
  })
  expect(far.length).toBeGreaterThan(140)
  // An update moves a weight by the step size, 1e-4; f32 is off by half a unit of the weight's last place after each.
  expect(Math.max(...far)).toBeLessThan(1e-6)
}

async function stepsOf(algorithm: Algorithm): Promise<StepMetrics[]> {
  const steps: StepMetrics[] = []
  for await (const { metrics } of algorithm) steps.push(metrics)
  return steps
}

const shared = ({ steps }: TrlCase, { learningRate, maxNewTokens }: TrlGolden, samplesPerPrompt: number) => ({
  ...{ rewards: [fixedReward], steps: steps.length, learningRate, sampling: { maxNewTokens } },
  ...{ samplesPerPrompt, promptsPerStep: steps[0]!.length / samplesPerPrompt },
  // Those of the responses are given with them.
  prompts: [{ id: '0', text: '', tokens: [1] }],
})

const grpoCases: Readonly<Record<string, [Partial<GrpoOptions>, LocalPolicyOptions?]>> = {
  // Both have a bound of memory that puts the responses into parts.
  'defaults, in two parts': [{}, { microBatchTokens: 80 }],
  'mean of means, held near the reference, twice': [
    { reduction: 'seq-mean-token-mean', klWeight: 0.04, epochs: 2 },
  ],
  'Dr. GRPO, clipped higher, three times': [
    {
      ...{ reduction: 'seq-mean-token-sum-norm', klWeight: 0.1, klCorrection: false, epochs: 3 },
      advantages: groupRelative({ scale: 'none' }),
      loss: { loss: (inputs) => grpoLoss(inputs, { clipEpsilonHigh: 0.28 }) },
    },
  ],
  'sequence ratios': [
    {
      ...{ reduction: 'seq-mean-token-mean', epochs: 3 },
      loss: {
        loss: (inputs) => gspoLoss(inputs, { clipEpsilon: 0.1, clipEpsilonHigh: 0.15, convention: 'trl' }),
        metricsOver: 'sequence',
      },
    },
  ],
  'drawn at a temperature of 0.7, held near the reference, twice': [
    { klWeight: 0.04, epochs: 2, sampling: { maxNewTokens: goldens.grpo.maxNewTokens, temperature: 0.7 } },
  ],
  'mean of means, of responses that ended': [
    { reduction: 'seq-mean-token-mean', klWeight: 0.04, epochs: 2, maskTruncated: true },
    { microBatchTokens: 40 },
  ],
  'Dr. GRPO, of responses that ended': [
    {
      ...{ reduction: 'seq-mean-token-sum-norm', epochs: 2, maskTruncated: true },
      advantages: groupRelative({ scale: 'none' }),
    },
  ],
  'sequence ratios, of responses that ended': [
    {
      ...{ reduction: 'seq-mean-token-mean', epochs: 3, maskTruncated: true },
      loss: {
        loss: (inputs) => gspoLoss(inputs, { clipEpsilon: 0.1, clipEpsilonHigh: 0.15, convention: 'trl' }),
        metricsOver: 'sequence',
      },
    },
  ],
}

describe(`GRPO as ${goldens.grpo.reference}`, () => {
  it.each(Object.entries(grpoCases))('%s', async (name, [options, kind = {}]) => {
    const golden = caseOf(goldens.grpo, name)
    const { policy } = await storyPolicy({ backend: oneThread, ...kind })
    const rollouts = fixedRollouts(policy, golden.steps)
    const own = { ...shared(golden, goldens.grpo, 4), ...options, policy, rollouts }
    const steps = await stepsOf(grpo(own))
    const { trained } = await policy.state()
    await policy.release()
    const count = golden.updates.length / golden.steps.length
    for (const [i, ours] of steps.entries()) {
      const updates = golden.updates.slice(i * count, (i + 1) * count)
      const names = [
        'loss',
        'grad_norm',
        // Of parts TRL has the mean of their means.
        ...(kind.microBatchTokens === undefined ? ['entropy'] : []),
        'kl',
        'clip_ratio/low_mean',
        'clip_ratio/high_mean',
        'clip_ratio/region_mean',
      ]
      const compared = names.filter((each) => each in updates[0]!)
      for (const each of compared) isNear(ours[each]!, meanOf(updates, each), each)
      const drawn = Object.keys(updates[0]!).filter((each) => /^(reward|completions|frac_)/.test(each))
      expect(drawn.filter((each) => each in ours).length).toBeGreaterThan(8)
      for (const each of drawn) if (each in ours) isNear(ours[each]!, updates[0]![each]!, each)
    }
    expectParameters(trained, golden.parameters)
  })
})

const ppoCases: Readonly<Record<string, Partial<PpoOptions>>> = {
  'equal lengths, two passes of two minibatches': { epochs: 2, minibatches: 2, klWeight: 0.05 },
  'k3, discounts, narrow clips': {
    ...{ epochs: 4, klWeight: 0.2, klEstimator: 'k3', gamma: 0.9, lambda: 0.8 },
    ...{ valueClip: 0.05, valueCoefficient: 0.5 },
    loss: { loss: (inputs) => ppoLoss(inputs, { clipEpsilon: 0.05 }) },
  },
  'whitened rewards, a penalty for what does not end': {
    ...{ epochs: 2, klWeight: 0.05, whitenRewards: 'trl', missingEosPenalty: 1 },
  },
  'the score on the last token': { epochs: 2, klWeight: 0.05 },
}

/** Without a bound on the gradient, as TRL's PPO has none. */
const unclipped = (learningRate: Tensor) => adamW({ learningRate, weightDecay: 0 })

async function runPpo(golden: TrlCase, options: Partial<PpoOptions>) {
  const { weight, bias } = goldens.ppo.head
  const initial = {
    'v_head.summary.weight': tensor(Float32Array.from(weight), { shape: [1, weight.length] }),
    'v_head.summary.bias': tensor(Float32Array.of(bias), { shape: [1] }),
  }
  const { policy } = await storyPolicy({ optimizer: unclipped, backend: oneThread })
  const { policy: critic } = await storyPolicy({
    ...{ optimizer: unclipped, backend: oneThread, head: 'value', initial },
  })
  const rollouts = fixedRollouts(policy, golden.steps)
  const steps = await stepsOf(
    ppo({ ...shared(golden, goldens.ppo, 2), ...options, policy, critic, rollouts }),
  )
  const states = [await policy.state(), await critic.state()] as const
  await Promise.all([policy.release(), critic.release()])
  return { steps, states }
}

/** Tokens of a step, as a share of those of its rows when all are padded to the longest possible. */
const filled = (rows: readonly GivenResponse[]): number =>
  rows.reduce((sum, { completion }) => sum + completion.length, 0) / (rows.length * goldens.ppo.maxNewTokens)

/** What TRL averages over padding too, where log-ratios are 0, from the mean over tokens. */
const overPadding: Readonly<Record<string, (mean: number, share: number) => number>> = {
  'policy/approxkl_avg': (mean, share) => mean * share,
  'val/ratio': (mean, share) => 1 + (mean - 1) * share,
}
/** Not ours, or, as the entropy, not to be told from a mean without padding. */
const left = ['lr', 'episode', 'val/num_eos_tokens', 'val/ratio_var']

describe(`PPO as ${goldens.ppo.reference}`, () => {
  it.each(Object.entries(ppoCases))('%s', async (name, options) => {
    const golden = caseOf(goldens.ppo, name)
    const { steps, states } = await runPpo(golden, options)
    for (const [i, ours] of steps.entries()) {
      const share = filled(golden.steps[i]!)
      const skipped = share < 1 ? [...left, 'policy/entropy_avg'] : left
      const names = Object.keys(golden.updates[i]!).filter((each) => !skipped.includes(each))
      expect(names.length).toBeGreaterThan(12)
      for (const each of names) {
        const comparable = overPadding[each]?.(ours[each]!, share) ?? ours[each]!
        isNear(comparable, golden.updates[i]![each]!, each)
      }
    }
    expectParameters(states[0].trained, golden.parameters)
    expectParameters(states[1].trained, golden.criticParameters!)
  })

  it('is not what it publishes where padding follows a response: it has the score one token late', () => {
    const [mended, published] = ['the score on the last token', 'as published'].map((name) =>
      caseOf(goldens.ppo, name),
    ) as [TrlCase, TrlCase]
    expect(published.steps).toEqual(mended.steps)
    const [before, after] = [mended.updates[0]!, published.updates[0]!]
    for (const name of ['objective/kl', 'objective/scores', 'objective/entropy']) {
      expect(after[name]).toBe(before[name])
    }
    for (const name of ['loss/value_avg', 'grad_norm', 'value/grad_norm']) {
      expect(Math.abs(after[name]! - before[name]!)).toBeGreaterThan(0.01 * before[name]!)
    }
  })
})

import { type DType, jit, reduceSum, type Tensor, tensor, valueAndGrad } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import * as losses from './index'

/** Tensors by the names that a loss gives them. */
type Inputs = Record<string, Tensor>

/** What a loss returns; a few return the losses alone. */
type Outcome = Tensor | { readonly losses: Tensor; readonly metrics?: Readonly<Record<string, Tensor>> }

/** A loss with options, and what it is a function of. */
interface Row {
  /** With respect to which the gradient is taken. */
  readonly learnt: Inputs
  readonly given?: Inputs
  // Each loss has inputs of its own; the names of the row are theirs.
  readonly of: (inputs: never) => Outcome
}

const [B, T, V] = [4, 6, 5]

/** Numbers around `centre`, at most `reach` away, other ones for each `seed`; f32. */
function wave(shape: number[], seed: number, { centre = 0, reach = 1, dtype = 'f32' as DType } = {}): Tensor {
  const size = shape.reduce((product, n) => product * n, 1)
  const data = Array.from({ length: size }, (_, i) => centre + reach * Math.sin(7 * seed + 2.3 * i + i * i))
  return tensor(Float32Array.from(data), { shape, dtype })
}

const flags = (...rows: number[][]) => tensor(rows, { dtype: 'bool' })

/** Padding, a gap, a response of one token and a whole one. */
const mask = flags([1, 1, 1, 1, 0, 0], [1, 0, 1, 1, 1, 0], [1, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1])
const otherMask = flags([1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 1, 1, 0, 0])
const tokens = (seed: number) => wave([B, T], seed, { centre: -1.5, reach: 0.7 })

const policy = {
  learnt: { logprobs: tokens(1) },
  given: {
    oldLogprobs: tokens(2),
    advantages: wave([B, T], 3),
    mask,
    weights: wave([B], 4, { centre: 1, reach: 0.5 }),
  },
}
const withReference = { ...policy, given: { ...policy.given, refLogprobs: tokens(5) } }

const preferences = {
  learnt: { chosenLogprobs: tokens(1), rejectedLogprobs: tokens(2) },
  given: { chosenMask: mask, rejectedMask: otherMask },
}
const referenced = {
  ...preferences,
  given: { ...preferences.given, refChosenLogprobs: tokens(3), refRejectedLogprobs: tokens(4) },
}
const unpaired = {
  learnt: { logprobs: tokens(1) },
  given: { refLogprobs: tokens(2), desirable: tensor([true, false, true, false]), mask },
}
const pair = { learnt: { chosen: wave([B], 1), rejected: wave([B], 2) } }
type Pair = { chosen: Tensor; rejected: Tensor }
const ties = { given: { ties: tensor([1, 0, 0.5, 0]) } }

const dpoTypes = [
  'sigmoid',
  'hinge',
  'ipo',
  'exo_pair',
  'nca_pair',
  'robust',
  'bco_pair',
  'sppo_hard',
  'aot',
  'aot_unpaired',
  'apo_zero',
  'apo_down',
  'discopop',
  'sft',
  'sigmoid_norm',
] as const

/** Every loss, with the options that make for other ops. A new loss joins by a line here. */
const table: Record<string, readonly Row[]> = {
  aStarPoLoss: [
    {
      learnt: policy.learnt,
      given: { refLogprobs: tokens(2), advantages: wave([B], 3), mask },
      of: losses.aStarPoLoss,
    },
  ],
  alphaPoLoss: [{ ...preferences, of: losses.alphaPoLoss }],
  bcoLoss: [{ ...unpaired, of: losses.bcoLoss }],
  bradleyTerryLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair) =>
        losses.bradleyTerryLoss(chosen, rejected, {
          labelSmoothing: 0.1,
          margin: 0.2,
          centeringCoefficient: 0.01,
        }),
    },
  ],
  cispoLoss: [{ ...policy, of: losses.cispoLoss }],
  classificationLoss: [
    { ...pair, of: ({ chosen, rejected }: Pair) => losses.classificationLoss(chosen, rejected) },
  ],
  clipCovLoss: [
    {
      ...policy,
      given: { ...policy.given, draws: wave([B, T], 8, { centre: 0.5, reach: 0.5 }) },
      of: (x: losses.ClipCovInputs) =>
        losses.clipCovLoss(x, { share: 0.3, covarianceLow: -9, covarianceHigh: 9 }),
    },
  ],
  cpoLoss: (['sigmoid', 'hinge', 'ipo'] as const).map((lossType) => ({
    ...preferences,
    of: (x: losses.PreferenceLogprobs) => losses.cpoLoss(x, { lossType }),
  })),
  davidsonLoss: [
    {
      ...pair,
      ...ties,
      of: ({ chosen, rejected, ties }: Pair & { ties: Tensor }) =>
        losses.davidsonLoss(chosen, rejected, { ties }),
    },
  ],
  dpoLoss: [
    ...dpoTypes.map((lossType) => ({
      ...referenced,
      of: (x: losses.ReferencedLogprobs) =>
        losses.dpoLoss(x, { lossType, labelSmoothing: ['exo_pair', 'robust'].includes(lossType) ? 0.1 : 0 }),
    })),
    ...(['forward-kl', 'js', 'alpha'] as const).map((divergence) => ({
      ...referenced,
      of: (x: losses.ReferencedLogprobs) => losses.dpoLoss(x, { divergence }),
    })),
  ],
  dppoLoss: [{ ...policy, of: losses.dppoLoss }],
  droLoss: [{ ...policy, of: (x: losses.PolicyInputs) => losses.droLoss(x, { klWeight: 0.3 }) }],
  entropyLoss: [
    {
      learnt: { logits: wave([B, T, V], 1, { reach: 3 }) },
      given: { mask },
      of: ({ logits, mask }: Record<'logits' | 'mask', Tensor>) => losses.entropyLoss(logits, { mask }),
    },
  ],
  fullKlLoss: [
    {
      learnt: { logits: wave([B, T, V], 1, { reach: 3 }) },
      given: { refLogits: wave([B, T, V], 2, { reach: 3 }), mask },
      of: losses.fullKlLoss,
    },
  ],
  gmpoLoss: [{ ...policy, of: losses.gmpoLoss }],
  gpgLoss: [{ ...policy, of: losses.gpgLoss }],
  grpoLoss: [
    { ...policy, of: (x: losses.GrpoInputs) => losses.grpoLoss(x, { importance: 'sequence-mean' }) },
    {
      ...withReference,
      of: (x: losses.GrpoInputs) => losses.grpoLoss(x, { klWeight: 0.1, klImportance: true, ratioCap: 1.4 }),
    },
  ],
  gspoLoss: (['verl', 'trl'] as const).map((convention) => ({
    ...policy,
    of: (x: losses.PolicyInputs) => losses.gspoLoss(x, { convention, clipEpsilon: 0.1 }),
  })),
  hingeLoss: [
    { ...pair, of: ({ chosen, rejected }: Pair) => losses.hingeLoss(chosen, rejected, { squared: true }) },
  ],
  klCovLoss: [{ ...policy, of: (x: losses.PolicyInputs) => losses.klCovLoss(x, { share: 0.3 }) }],
  klLoss: (['k1', 'abs', 'k2', 'k3'] as const).map((estimator) => ({
    learnt: policy.learnt,
    given: { refLogprobs: tokens(2), mask },
    of: (x: losses.KlInputs) => losses.klLoss(x, { estimator }),
  })),
  ktoLoss: [
    {
      ...unpaired,
      given: { ...unpaired.given, klLogprobs: wave([3], 3), refKlLogprobs: wave([3], 4) },
      of: losses.ktoLoss,
    },
    { ...unpaired, of: (x: losses.KtoInputs) => losses.ktoLoss(x, { lossType: 'apo_zero_unpaired' }) },
  ],
  nashMdLoss: [
    {
      learnt: policy.learnt,
      given: { refLogprobs: tokens(2), preference: wave([B], 3, { centre: 0.5, reach: 0.4 }), mask },
      of: losses.nashMdLoss,
    },
  ],
  odinLoss: [
    {
      learnt: {
        chosenRewards: wave([B], 1),
        rejectedRewards: wave([B], 2),
        chosenLengthRewards: wave([B], 3),
        rejectedLengthRewards: wave([B], 4),
      },
      given: { chosenLengths: tensor([5, 9, 2, 4]), rejectedLengths: tensor([3, 7, 8, 1]) },
      of: losses.odinLoss,
    },
  ],
  orpoLoss: [{ ...preferences, of: losses.orpoLoss }],
  pairwiseDistillationLoss: [
    {
      learnt: { scores: wave([B], 1), anchorScores: wave([B], 2) },
      given: { winProbabilities: wave([B], 3, { centre: 0.5, reach: 0.4 }) },
      of: losses.pairwiseDistillationLoss,
    },
  ],
  pairwiseJudgeLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair) =>
        losses.pairwiseJudgeLoss(chosen, rejected, { consistencyWeight: 0.5 }),
    },
  ],
  pairwisePpoLoss: [
    {
      learnt: policy.learnt,
      given: {
        oldLogprobs: tokens(2),
        refLogprobs: tokens(3),
        oldValues: wave([B, T], 4),
        shownFirstLogits: wave([B, 3], 5),
        shownSecondLogits: wave([B, 3], 6),
        mask,
      },
      of: (x: losses.PairwisePpoInputs) =>
        losses.pairwisePpoLoss(x, { klWeight: 0.1, gamma: 0.95, anchors: 'min' }),
    },
  ],
  plackettLuceLoss: [
    {
      learnt: { rewards: wave([B, T], 1) },
      given: { mask },
      of: ({ rewards, mask }: Record<'rewards' | 'mask', Tensor>) =>
        losses.plackettLuceLoss(rewards, { mask, top: 3 }),
    },
  ],
  positionConsistencyLoss: [
    { ...pair, of: ({ chosen, rejected }: Pair) => losses.positionConsistencyLoss(chosen, rejected) },
  ],
  ppoLoss: (['trl', 'verl', 'openrlhf'] as const).map((convention) => ({
    ...policy,
    of: (x: losses.PolicyInputs) => losses.ppoLoss(x, { convention, clipEpsilonHigh: 0.3 }),
  })),
  raoKupperLoss: [
    {
      ...pair,
      ...ties,
      of: ({ chosen, rejected, ties }: Pair & { ties: Tensor }) =>
        losses.raoKupperLoss(chosen, rejected, { ties }),
    },
  ],
  rebelLoss: [
    {
      ...preferences,
      given: {
        ...preferences.given,
        oldChosenLogprobs: tokens(3),
        oldRejectedLogprobs: tokens(4),
        rewardMargins: wave([B], 5),
      },
      of: losses.rebelLoss,
    },
  ],
  reinforceLoss: [
    {
      ...policy,
      of: (x: losses.PolicyInputs) => losses.reinforceLoss(x, { importance: 'sequence', ratioHigh: 2 }),
    },
  ],
  rlooLoss: [{ ...policy, of: losses.rlooLoss }],
  rpoLoss: (['forward-kl', 'backward-kl', 'squared'] as const).map((distance) => ({
    learnt: { chosenLogRatios: wave([B], 1), rejectedLogRatios: wave([B], 2) },
    given: { rewardMargins: wave([B], 3) },
    of: (x: losses.RpoInputs) => losses.rpoLoss(x, { distance }),
  })),
  sapoLoss: [{ ...policy, of: losses.sapoLoss }],
  scoreRegressionLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair) => losses.scoreRegressionLoss(chosen, rejected, { distance: 'huber' }),
    },
  ],
  simPoLoss: [{ ...preferences, of: losses.simPoLoss }],
  slicLoss: [{ ...preferences, of: losses.slicLoss }],
  thurstoneLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair) => losses.thurstoneLoss(chosen, rejected, { labelSmoothing: 0.1 }),
    },
  ],
  toprLoss: [{ ...policy, of: losses.toprLoss }],
  tpoLoss: [
    {
      ...preferences,
      given: { ...preferences.given, goldLogprobs: tokens(3), goldMask: mask },
      of: losses.tpoLoss,
    },
  ],
  valueLoss: [
    {
      learnt: { values: wave([B, T], 1) },
      given: { returns: wave([B, T], 2), oldValues: wave([B, T], 3), mask },
      of: (x: losses.ValueInputs) => losses.valueLoss(x, { clipEpsilon: 0.2, distance: 'huber', delta: 0.5 }),
    },
  ],
  vespoLoss: [{ ...policy, of: losses.vespoLoss }],
  xpoLoss: [
    {
      ...referenced,
      given: { ...referenced.given, policyChosen: tensor([true, false, false, true]) },
      of: losses.xpoLoss,
    },
  ],
}

/** Losses, metrics and the gradient of the sum of the losses, as one graph. */
async function run({ learnt, given = {}, of }: Row, backend: 'native' | 'reference') {
  const whole = jit(
    (learnt: Inputs, given: Inputs) =>
      valueAndGrad(
        (learnt: Inputs): [Tensor, Inputs] => {
          const outcome = of({ ...learnt, ...given } as never)
          const { losses, metrics = {} } = 'losses' in outcome ? outcome : { losses: outcome }
          return [reduceSum(losses), { losses, ...metrics }]
        },
        { hasAux: true },
      )<Inputs>(learnt),
    { backend },
  )
  const [[, values], gradients] = await whole(learnt, given)
  const ran = (await whole.compilations()).map((one) => one.backend)
  await whole.release()
  return { values, gradients, ran }
}

/** Some tens of roundings in another order, and exponentials within a few ulp (2⁻²³) of each other. */
const tolerance = 1e-5

function expectClose(name: string, got: Tensor, want: Tensor): void {
  expect([name, got.shape, got.dtype]).toEqual([name, want.shape, want.dtype])
  want.data.forEach((value, i) => {
    const error = Math.abs(got.data[i]! - value) / Math.max(1, Math.abs(value))
    expect(error, `${name}[${i}]: ${got.data[i]} instead of ${value}`).toBeLessThanOrEqual(tolerance)
  })
}

describe('every loss on ONNX Runtime, in f32', () => {
  it('is in the table', () => {
    const exported = Object.keys(losses).filter((name) => name.endsWith('Loss'))
    expect(Object.keys(table).sort()).toEqual(exported.sort())
  })

  it.each(
    Object.entries(table).flatMap(([name, rows]) => rows.map((row, i) => ({ name: `${name} #${i}`, row }))),
  )('$name has the losses, metrics and gradients of the reference', async ({ row }) => {
    const [native, reference] = [await run(row, 'native'), await run(row, 'reference')]
    expect(native.ran).toEqual(['native'])
    for (const [name, value] of Object.entries(reference.values))
      expectClose(name, native.values[name]!, value)
    for (const [name, slope] of Object.entries(reference.gradients)) {
      expectClose(`gradient of ${name}`, native.gradients[name]!, slope)
    }
    const slopes = Object.values(reference.gradients).flatMap((slope) => Array.from(slope.data))
    expect(slopes.some((slope) => slope !== 0)).toBe(true)
  })
})

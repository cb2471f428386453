import { type DType, type Tensor, tensor } from '@prefkit/tensor'
import * as losses from './index'

/** Tensors by the names that a loss gives them. */
export type Inputs = Record<string, Tensor>

/** What a loss returns; a few return the losses alone. */
export type Outcome =
  | Tensor
  | { readonly losses: Tensor; readonly metrics?: Readonly<Record<string, Tensor>> }

/** A loss with options, and what it is a function of. */
export interface Row {
  /** With respect to which the gradient is taken. */
  readonly learnt: Inputs
  readonly given?: Inputs
  // Each loss has inputs of its own; the names of the row are theirs.
  // `more` are further options, or others than those of the row.
  readonly of: (inputs: never, more?: object) => Outcome
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

/**
 * Every loss, with the options that lead to other ops, and inputs of the right shapes; for tests of all losses. A new
 * loss needs a line here.
 */
export const everyLoss: Record<string, readonly Row[]> = {
  aStarPoLoss: [
    {
      learnt: policy.learnt,
      given: { refLogprobs: tokens(2), advantages: wave([B], 3), mask },
      of: losses.aStarPoLoss,
    },
  ],
  alphaPoLoss: [{ ...preferences, of: losses.alphaPoLoss }],
  bcoLoss: [
    {
      ...unpaired,
      given: { ...unpaired.given, shift: tensor(0.2), weights: wave([B], 4, { centre: 1, reach: 0.5 }) },
      of: losses.bcoLoss,
    },
  ],
  bradleyTerryLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair, more?: object) =>
        losses.bradleyTerryLoss(chosen, rejected, {
          labelSmoothing: 0.1,
          margin: 0.2,
          centeringCoefficient: 0.01,
          ...more,
        }),
    },
  ],
  cispoLoss: [{ ...policy, of: losses.cispoLoss }],
  classificationLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair, more?: object) =>
        losses.classificationLoss(chosen, rejected, { ...more }),
    },
  ],
  clipCovLoss: [
    {
      ...policy,
      given: { ...policy.given, draws: wave([B, T], 8, { centre: 0.5, reach: 0.5 }) },
      of: (x: losses.ClipCovInputs, more?: object) =>
        losses.clipCovLoss(x, { share: 0.3, covarianceLow: -9, covarianceHigh: 9, ...more }),
    },
  ],
  cpoLoss: (['sigmoid', 'hinge', 'ipo'] as const).map((lossType) => ({
    ...preferences,
    of: (x: losses.PreferenceLogprobs, more?: object) => losses.cpoLoss(x, { lossType, ...more }),
  })),
  davidsonLoss: [
    {
      ...pair,
      ...ties,
      of: ({ chosen, rejected, ties }: Pair & { ties: Tensor }, more?: object) =>
        losses.davidsonLoss(chosen, rejected, { ties, ...more }),
    },
  ],
  dpoLoss: [
    ...dpoTypes.map((lossType) => ({
      ...referenced,
      of: (x: losses.ReferencedLogprobs, more?: object) =>
        losses.dpoLoss(x, {
          lossType,
          labelSmoothing: ['exo_pair', 'robust'].includes(lossType) ? 0.1 : 0,
          ...more,
        }),
    })),
    ...(['forward-kl', 'js', 'alpha'] as const).map((divergence) => ({
      ...referenced,
      given: { ...referenced.given, weights: wave([B], 5, { centre: 1, reach: 0.5 }) },
      of: (x: losses.ReferencedLogprobs, more?: object) => losses.dpoLoss(x, { divergence, ...more }),
    })),
  ],
  dppoLoss: [{ ...policy, of: losses.dppoLoss }],
  droLoss: [
    {
      ...policy,
      of: (x: losses.PolicyInputs, more?: object) => losses.droLoss(x, { klWeight: 0.3, ...more }),
    },
  ],
  entropyLoss: [
    {
      learnt: { logits: wave([B, T, V], 1, { reach: 3 }) },
      given: { mask },
      of: ({ logits, mask }: Record<'logits' | 'mask', Tensor>, more?: object) =>
        losses.entropyLoss(logits, { mask, ...more }),
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
    {
      ...policy,
      of: (x: losses.GrpoInputs, more?: object) =>
        losses.grpoLoss(x, { importance: 'sequence-mean', ...more }),
    },
    {
      ...withReference,
      of: (x: losses.GrpoInputs, more?: object) =>
        losses.grpoLoss(x, { klWeight: 0.1, klImportance: true, ratioCap: 1.4, ...more }),
    },
  ],
  gspoLoss: (['verl', 'trl'] as const).map((convention) => ({
    ...policy,
    of: (x: losses.PolicyInputs, more?: object) =>
      losses.gspoLoss(x, { convention, clipEpsilon: 0.1, ...more }),
  })),
  hingeLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair, more?: object) =>
        losses.hingeLoss(chosen, rejected, { squared: true, ...more }),
    },
  ],
  klCovLoss: [
    {
      ...policy,
      of: (x: losses.PolicyInputs, more?: object) => losses.klCovLoss(x, { share: 0.3, ...more }),
    },
  ],
  klLoss: (['k1', 'abs', 'k2', 'k3'] as const).map((estimator) => ({
    learnt: policy.learnt,
    given: { refLogprobs: tokens(2), mask },
    of: (x: losses.KlInputs, more?: object) => losses.klLoss(x, { estimator, ...more }),
  })),
  ktoLoss: [
    {
      ...unpaired,
      given: { ...unpaired.given, klLogprobs: wave([3], 3), refKlLogprobs: wave([3], 4) },
      of: losses.ktoLoss,
    },
    {
      ...unpaired,
      of: (x: losses.KtoInputs, more?: object) =>
        losses.ktoLoss(x, { lossType: 'apo_zero_unpaired', ...more }),
    },
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
      of: ({ chosen, rejected }: Pair, more?: object) =>
        losses.pairwiseJudgeLoss(chosen, rejected, { consistencyWeight: 0.5, ...more }),
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
      of: (x: losses.PairwisePpoInputs, more?: object) =>
        losses.pairwisePpoLoss(x, { klWeight: 0.1, gamma: 0.95, anchors: 'min', ...more }),
    },
  ],
  plackettLuceLoss: [
    {
      learnt: { rewards: wave([B, T], 1) },
      given: { mask },
      of: ({ rewards, mask }: Record<'rewards' | 'mask', Tensor>, more?: object) =>
        losses.plackettLuceLoss(rewards, { mask, top: 3, ...more }),
    },
  ],
  positionConsistencyLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair, more?: object) =>
        losses.positionConsistencyLoss(chosen, rejected, { ...more }),
    },
  ],
  ppoLoss: (['trl', 'verl', 'openrlhf'] as const).map((convention) => ({
    ...policy,
    of: (x: losses.PolicyInputs, more?: object) =>
      losses.ppoLoss(x, { convention, clipEpsilonHigh: 0.3, ...more }),
  })),
  raoKupperLoss: [
    {
      ...pair,
      ...ties,
      of: ({ chosen, rejected, ties }: Pair & { ties: Tensor }, more?: object) =>
        losses.raoKupperLoss(chosen, rejected, { ties, ...more }),
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
      of: (x: losses.PolicyInputs, more?: object) =>
        losses.reinforceLoss(x, { importance: 'sequence', ratioHigh: 2, ...more }),
    },
  ],
  rlooLoss: [{ ...policy, of: losses.rlooLoss }],
  rpoLoss: (['forward-kl', 'backward-kl', 'squared'] as const).map((distance) => ({
    learnt: { chosenLogRatios: wave([B], 1), rejectedLogRatios: wave([B], 2) },
    given: { rewardMargins: wave([B], 3) },
    of: (x: losses.RpoInputs, more?: object) => losses.rpoLoss(x, { distance, ...more }),
  })),
  sapoLoss: [{ ...policy, of: losses.sapoLoss }],
  scoreRegressionLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair, more?: object) =>
        losses.scoreRegressionLoss(chosen, rejected, { distance: 'huber', ...more }),
    },
  ],
  simPoLoss: [{ ...preferences, of: losses.simPoLoss }],
  slicLoss: [{ ...preferences, of: losses.slicLoss }],
  thurstoneLoss: [
    {
      ...pair,
      of: ({ chosen, rejected }: Pair, more?: object) =>
        losses.thurstoneLoss(chosen, rejected, { labelSmoothing: 0.1, ...more }),
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
      of: (x: losses.ValueInputs, more?: object) =>
        losses.valueLoss(x, { clipEpsilon: 0.2, distance: 'huber', delta: 0.5, ...more }),
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

import type { Tensor } from '@prefkit/tensor'
import { describe, expect, it } from 'vitest'
import {
  anchorWinProbability,
  clipCovLoss,
  entropyLoss,
  fullKlLoss,
  grpoLoss,
  grpoReduction,
  klLoss,
  LossError,
  offPolicySequenceMask,
  pairwisePpoAdvantages,
  pairwisePpoLoss,
  ppoLoss,
  reinforceLoss,
  rolloutMask,
  rolloutMismatch,
  rolloutWeights,
  sequenceMeanTokenMean,
  sequenceMeanTokenSum,
  tokenMean,
  tokenSum,
  topEntropyMask,
  toprLoss,
  valueLoss,
  vespoLoss,
} from '../index'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const policy = { logprobs: [[-1, -2]], advantages: [1] }
const rollout = {
  oldLogprobs: [[-1, -2]],
  refLogprobs: [[-1.5, -2]],
  oldValues: [[0, 1]],
  shownFirstLogits: [1],
  shownSecondLogits: [2],
}
const sampled = { logprobs: [[-1]], rolloutLogprobs: [[-1]] }
/** Log-ratios of −∞ and +∞, whose mean has no value. */
const [now, before] = [[[-inf, 0]], [[0, -inf]]]

describe('NaN inputs give NaN, whichever input has them', () => {
  const first = (x: Tensor) => x.data[0]
  it.each<[string, () => unknown]>([
    [
      'grpoLoss, refLogprobs',
      () => first(grpoLoss({ ...policy, refLogprobs: [[nan, -2]] }, { klWeight: 0.1 }).losses),
    ],
    [
      'pairwisePpoLoss, shownFirstLogits',
      () => first(pairwisePpoLoss({ ...rollout, logprobs: [[-1, -2]], shownFirstLogits: [nan] }).losses),
    ],
    ['klLoss, refLogprobs', () => first(klLoss({ logprobs: [[-1]], refLogprobs: [[nan]] }).losses)],
    ['tokenMean', () => first(tokenMean([[nan, 1]]))],
  ])('%s', (_case, act) => {
    expect(act()).toBeNaN()
  })

  it('but not where masked: those explain no other NaN', () => {
    const logits = [
      [
        [nan, 1],
        [inf, inf],
      ],
    ]
    expect(() => entropyLoss(logits, { mask: [[0, 1]] })).toThrow(/entropyLoss: .* got infinite logits/)
    expect(() => fullKlLoss({ logits, refLogits: logits, mask: [[0, 1]] })).toThrow(
      /fullKlLoss: .* infinite logits/,
    )
  })
})

describe('sequences of no tokens have empty results', () => {
  const none = { logprobs: [[]], rolloutLogprobs: [[]] }
  const judged = { ...rollout, oldLogprobs: [[]], refLogprobs: [[]], oldValues: [[]] }
  it.each<[string, () => { weights: Tensor } | { mask: Tensor }]>([
    ['rolloutWeights', () => rolloutWeights(none)],
    ['rolloutWeights of sequences', () => rolloutWeights(none, { correction: 'sequence-mask' })],
    ...(['token', 'sequence-sum', 'sequence-mean', 'sequence-max'] as const).map(
      (over) => [`rolloutMask, ${over}`, () => rolloutMask(none, { threshold: 2, over })] as const,
    ),
    ['topEntropyMask', () => ({ mask: topEntropyMask([[]]) })],
    ['pairwisePpoAdvantages', () => ({ mask: pairwisePpoAdvantages(judged).advantages })],
    ['returns of pairwisePpoAdvantages', () => ({ mask: pairwisePpoAdvantages(judged).returns })],
    ['pairwisePpoLoss', () => ({ mask: pairwisePpoLoss({ ...judged, logprobs: [[]] }).losses })],
  ] as [string, () => { weights: Tensor } | { mask: Tensor }][])('%s', (_case, act) => {
    const outcome = act()
    expect(('weights' in outcome ? outcome.weights : outcome.mask).toArray()).toEqual([[]])
  })

  it('metrics over them are 0', () => {
    for (const { metrics } of [rolloutWeights(none), rolloutMask(none, { threshold: 2 })]) {
      for (const [name, metric] of Object.entries<Tensor>(metrics)) {
        expect([name, metric.item()]).toEqual([name, name.endsWith('batch_norm_factor') ? 1 : 0])
      }
    }
    for (const [name, metric] of Object.entries<Tensor>(rolloutMismatch(none))) {
      expect([name, Number.isNaN(metric.item())]).toEqual([name, false])
    }
  })
})

describe('where infinities meet, an error names them', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'returns of infinite values',
      () => pairwisePpoAdvantages({ ...rollout, oldValues: [[inf, 1]] }),
      /pairwisePpoAdvantages: .* got infinite oldValues/,
    ],
    [
      'the same in the loss',
      () => pairwisePpoLoss({ ...rollout, logprobs: [[-1, -2]], oldValues: [[inf, 1]] }),
      /pairwisePpoLoss: .* got infinite oldValues/,
    ],
    [
      'a weight that single precision does not hold',
      () => pairwisePpoLoss({ ...rollout, logprobs: [[-1, -2]] }, { klWeight: 1e300 }),
      /pairwisePpoLoss: .* whose products and sums are finite in f32/,
    ],
    ['tokenMean', () => tokenMean([[inf, -inf]]), /tokenMean: .* infinite losses/],
    ['tokenSum', () => tokenSum([[inf, -inf]]), /tokenSum: .* infinite losses/],
    [
      'sequenceMeanTokenMean',
      () => sequenceMeanTokenMean([[inf], [-inf]]),
      /sequenceMeanTokenMean: .* infinite losses/,
    ],
    [
      'sequenceMeanTokenSum',
      () => sequenceMeanTokenSum([[inf, -inf]]),
      /sequenceMeanTokenSum: .* infinite losses/,
    ],
  ])('%s', (_case, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(expect.objectContaining({ code: 'INDETERMINATE' }))
  })

  it.each<[string, () => Readonly<Record<string, Tensor>>, string]>([
    [
      'ppoLoss',
      () => ppoLoss({ logprobs: now, oldLogprobs: before, advantages: [1] }).metrics,
      'actor/ppo_kl',
    ],
    ['klLoss', () => klLoss({ logprobs: now, refLogprobs: before }, { estimator: 'k1' }).metrics, 'kl'],
    ['rolloutWeights', () => rolloutWeights({ logprobs: now, rolloutLogprobs: before }).metrics, 'vllm_kl'],
    [
      'rolloutMismatch',
      () => rolloutMismatch({ logprobs: [[-inf], [0]], rolloutLogprobs: [[0], [-inf]] }),
      'rollout_corr/kl',
    ],
  ])('%s: a metric without a value throws when it is read', (name, act, metric) => {
    const metrics = act()
    expect(() => metrics[metric]).toThrow(`${name}: the metric ${metric}`)
    expect(() => metrics[metric]).toThrow(LossError)
  })
})

describe('options and inputs of another kind are refused by function and name', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'bounds null',
      () => toprLoss(policy, { positiveBounds: null as never }),
      /^toprLoss: positiveBounds: .* null/,
    ],
    [
      'bounds of strings',
      () => toprLoss(policy, { negativeBounds: ['0', '1'] as never }),
      /^toprLoss: negativeBounds: .* got \[the string "0"/,
    ],
    ['one bound', () => toprLoss(policy, { positiveBounds: [1] as never }), /positiveBounds: .* got \[1\]/],
    [
      'three bounds',
      () => toprLoss(policy, { positiveBounds: [0, 1, 2] as never }),
      /positiveBounds: .* got \[0, 1, 2\]/,
    ],
    [
      'a negative length',
      () => grpoReduction([[1]], { lossType: 'dr_grpo', maxCompletionLength: -1 }),
      /^grpoReduction: maxCompletionLength: .* got -1/,
    ],
    [
      'tokens as text',
      () => grpoReduction([[1]], { tokens: '3' as never }),
      /^grpoReduction: tokens: .* "3"/,
    ],
    ['losses [B]', () => grpoReduction([1, 2]), /^grpoReduction: losses must be \[B, T\]/],
    [
      'a mask of another shape',
      () => grpoReduction([[1]], { mask: [[1, 1]] }),
      /^grpoReduction: mask must be/,
    ],
    [
      'klImportance as text',
      () => grpoLoss({ ...policy, refLogprobs: [[-1, -1]] }, { klWeight: 1, klImportance: 'no' as never }),
      /^grpoLoss: klImportance: expected true or false/,
    ],
    [
      'normalize as text',
      () => rolloutWeights(sampled, { normalize: 'no' as never }),
      /^rolloutWeights: normalize: expected true or false/,
    ],
    [
      'a bound without a ratio',
      () => reinforceLoss(policy, { ratioLow: 0.5 }),
      /^reinforceLoss: ratioLow: has no effect here/,
    ],
    [
      'clipEpsilon as text',
      () => ppoLoss(policy, { clipEpsilon: '0.2' as never }),
      /^ppoLoss: clipEpsilon: .* "0.2"/,
    ],
    [
      'clipEpsilon null',
      () => valueLoss({ values: [[1]], returns: [[1]], oldValues: [[1]] }, { clipEpsilon: null as never }),
      /^valueLoss: clipEpsilon: .* null/,
    ],
    [
      'text among advantages',
      () => ppoLoss({ ...policy, advantages: ['x'] as never }),
      /^ppoLoss: advantages: .* "x"/,
    ],
    [
      'a row of text, without the line of this package that read it',
      () => ppoLoss({ ...policy, advantages: [1, 'x'] as never }),
      /^ppoLoss: advantages: (?!.*called at).* "x"/,
    ],
    [
      'a weight below 0',
      () => vespoLoss({ ...policy, weights: [-1] }),
      /^vespoLoss: weights: expected a number in \[0, Infinity\], got -1/,
    ],
    [
      'a draw that is NaN',
      () => clipCovLoss({ ...policy, draws: [[1, nan]] }),
      /^clipCovLoss: draws: .* got NaN/,
    ],
    [
      'draws of sequences',
      () => clipCovLoss({ ...policy, draws: [1] }),
      /^clipCovLoss: draws must be \[B, T\], \[1,2\], got \[1\]/,
    ],
    [
      'draws of sequences as a column',
      () => clipCovLoss({ ...policy, draws: [[1]] }),
      /^clipCovLoss: draws must be \[B, T\], \[1,2\], got \[1,1\]/,
    ],
    [
      'text among draws',
      () => clipCovLoss({ ...policy, draws: [[1, 'a']] as never }),
      /^clipCovLoss: draws: .* "a"/,
    ],
    [
      'text among logits',
      () => anchorWinProbability(['a'] as never, [1]),
      /^anchorWinProbability: shownFirst.* "a"/,
    ],
    [
      'another convention of anchors',
      () => pairwisePpoAdvantages(rollout, { anchors: 'max' as never }),
      /^pairwisePpoAdvantages: anchors: /,
    ],
    [
      'no inputs',
      () => offPolicySequenceMask(undefined as never, { threshold: 1 }),
      /^offPolicySequenceMask: expected an object of the inputs/,
    ],
  ])('%s', (_case, act, message) => {
    expect(act).toThrow(message)
    expect(act).toThrow(LossError)
  })

  const noAnchors = { shownFirstLogits: [[], []], shownSecondLogits: [[], []] }
  const two = (x: number[][]) => [...x, ...x]
  const pairOfRollouts = {
    oldLogprobs: two(rollout.oldLogprobs),
    refLogprobs: two(rollout.refLogprobs),
    oldValues: two(rollout.oldValues),
  }
  it.each<[string, () => unknown]>([
    ['anchorWinProbability', () => anchorWinProbability([[], []], [[], []])],
    ['anchorWinProbability', () => anchorWinProbability([[], []], [[], []], { anchors: 'min' })],
    ['pairwisePpoAdvantages', () => pairwisePpoAdvantages({ ...pairOfRollouts, ...noAnchors })],
  ])('%s without anchors', (name, act) => {
    expect(act).toThrow(
      `${name}: shownFirstLogits and shownSecondLogits: expected an anchor or more, got [2,0]`,
    )
    expect(act).toThrow(expect.objectContaining({ code: 'EMPTY' }))
  })

  it.each<[string, () => unknown]>([
    ['logprobs', () => ppoLoss({ advantages: [1] } as never)],
    ['advantages', () => ppoLoss({ logprobs: [[-1]] } as never)],
    ['advantages', () => offPolicySequenceMask(sampled as never, { threshold: 1 })],
    ['rolloutLogprobs', () => rolloutWeights({ logprobs: [[-1]] } as never)],
    ['oldValues', () => pairwisePpoAdvantages({ ...rollout, oldValues: undefined } as never)],
    ['shownFirstLogits', () => anchorWinProbability(undefined as never, [1])],
    ['losses', () => grpoReduction(undefined as never)],
  ])('%s left out', (input, act) => {
    expect(act).toThrow(`: ${input}: expected a tensor or numbers, got undefined`)
    expect(act).toThrow(expect.objectContaining({ code: 'MISSING_INPUT' }))
  })
})

import { expect, test } from 'vitest'
import * as noise from './index'

const cmp = {
  first: ['a', 'b', 'c'],
  second: ['b', 'c', 'a'],
  outcomes: [1, 1, 1],
  weights: [1, 1, 1],
  covariates: {},
}
const fit = noise.fitBradleyTerry(cmp)
const votes = { items: [1, 1, 2, 2], annotators: ['a', 'b', 'a', 'b'], labels: [1, 1, -1, 1] }
const choices = { first: ['a', 'b'], second: ['b', 'a'], annotators: [1, 2], labels: [1, 1] }
const answers = { deltas: [1, -1, 2, 1], labels: [1, 1, 1, -1], annotators: [0, 0, 1, 1] }
const table = { prompts: [1, 1, 1, 2, 2, 2], scores: [1, 2, 3, 4, 5, 6] }
const history = { first: [0, 1], second: [1, 2], labels: [1, null] }
const normal = noise.utilityDistribution('normal')
const quality = noise.expressionQuality('sigmoid(delta)')
const annotator = noise.logisticAnnotator()
const withBeta = (beta: number) => noise.logisticAnnotator({ beta })
const rate = { dimension: 1, smoothness: 1, smallValueExponent: 0, bound: 2, depth: 3 }
const labelled = {
  responses: [[1], [2], [4]],
  pairs: { first: [0, 1], second: [1, 2] },
  choices: { first: [0.2, 0.1], second: [0.8, 0.9], tie: [0, 0] },
  tests: { first: [1, 2], second: [0, 1] },
}
const limits = { budget: 3, seed: 1, perPrompt: 2 }

/** Arguments with which each exported function works, options that it has included. */
const good: Readonly<Record<string, readonly unknown[]>> = {
  annotationErrorRate: [[1, 2], annotator],
  observedErrorRate: [
    [1, -1],
    [1, 2],
  ],
  choiceContext: [{ index: 1, time: 1 }],
  annotatorPool: [[annotator]],
  assignAnnotators: [{ comparisons: 3, annotators: 2, perComparison: 1, seed: 1 }],
  calibrateAnnotator: [[1, 2], withBeta, { errorRate: 0.2, low: 0, high: 5 }],
  calibrateBeta: [[1, 2], { errorRate: 0.2, family: withBeta }],
  calibrateFlipRate: [[1, 2], annotator, { errorRate: 0.3 }],
  checkQualityFunction: [quality, { maxDelta: 3 }],
  comparisonsOf: [{ scores: [1, 2], lengths: [3, 4] }, { first: [0], second: [1] }, { annotators: [0] }],
  composeAnnotator: [annotator, noise.withAbility({ ability: 1 })],
  expectedChoices: [[1, 2], annotator],
  expressionQuality: ['0.7', { maxDelta: 3, parameters: { c: 1 } }],
  flipLabels: [[1, -1], { rate: 0.2, seed: 1, offset: 0 }],
  flipWorstLabels: [[1, -1], [1, 2], { budget: 1 }],
  worstCaseThreshold: [[1, 2], { rate: 0.5 }],
  logisticAnnotator: [{ beta: 1 }],
  probitAnnotator: [{ beta: 1 }],
  perfectAnnotator: [],
  qualityAnnotator: [quality],
  randomOrders: [3, { seed: 1, offset: 0 }],
  simulateAnnotations: [[1, 2], annotator, { seed: 1, offset: 0 }],
  withAbility: [{ ability: 1 }],
  withCycles: [{ strength: 1, length: 3, phases: [1, 2] }],
  withFatigue: [{ halfLife: 2, floor: 0.5 }],
  withLengthBias: [{ strength: 1, measure: 'difference' }],
  withPersonalBias: [{ scale: 1, seed: 1, distribution: 'gumbel' }],
  withPositionBias: [{ strength: 1 }],
  withRandomFlips: [{ rate: 0.1 }],
  withSelfPreference: [{ strength: 1 }],
  withTies: [{ threshold: 1 }],
  withWorstCaseFlips: [{ above: 1 }],
  bradleyTerryElo: [fit, { scale: 400, base: 10, initial: 0, anchor: { player: 'a', rating: 1 } }],
  bradleyTerryIntervals: [fit, { confidence: 0.9, method: 'sandwich', clusters: [1, 2, 3], seed: 1 }],
  eloRatings: [{ first: cmp.first, second: cmp.second, outcomes: cmp.outcomes }, { k: 3 }],
  fitBradleyTerry: [
    cmp,
    { alpha: 1, orderEffect: false, playerCovariates: {}, tolerance: 1e-9, maxIterations: 50 },
  ],
  rankIntervals: [fit, { draws: 50, critical: 'max-t', confidence: 0.9 }],
  connectedGroups: [cmp],
  agreementWithOthers: [votes],
  impliedFlipRate: [0.8],
  pairwiseAgreement: [votes, { weighting: 'pairs' }],
  cohenKappa: [
    [1, 2],
    [1, 1],
  ],
  estimateAbilities: [answers, { priorPrecision: 1, ties: 'half' }],
  estimateBeta: [{ deltas: [1, -1, 2], labels: [1, 1, 1] }, { ties: 'drop' }],
  fitCrowdBradleyTerry: [choices, { alpha: 1, annotatorModel: 'quality', priorHonest: 2 }],
  fitDawidSkene: [
    votes,
    { errors: 'one-coin', priorRight: 1, priorWrong: 1, classes: [-1, 1], tolerance: 0.1 },
  ],
  fitMace: [votes, { method: 'variational', competencePrior: 1, strategyPrior: 1, maxIterations: 5 }],
  fleissKappa: [votes, { classes: [-1, 1] }],
  krippendorffAlpha: [votes, { scale: 'ordinal', classes: [-1, 1] }],
  votesWithout: [votes, 0],
  activeDesign: [table, { candidates: 5, priorVariance: 1, pastAware: true, criterion: 'entropy' }],
  bestVsWorstPairs: [table, { ...limits, k: 2 }],
  crossPromptPairs: [table, { budget: 3, balance: 'pairs', ranks: [0, 1] }],
  diversifiedPairs: [table, limits],
  knockOutDesign: [table, { scope: 'table', seed: 1 }],
  pairColumns: [[{ first: 0, second: 1 }]],
  answeredComparisons: [history],
  extendHistory: [history, [{ first: 0, second: 2 }]],
  recordLabels: [history, [1], [{ first: 2, second: 1 }]],
  createPairingSession: [noise.swissDesign(table), { budget: 3, history }],
  randomPairs: [table, { budget: 3, seed: 1 }],
  samePromptPairs: [table, { budget: 3, balance: 'prompts', ranks: 'middle' }],
  similarPairs: [table, { ...limits, similarity: 'closest' }],
  swissDesign: [table, { rounds: 2, scope: 'prompt', seed: 1 }],
  thompsonDesign: [table, { repeats: true, priorVariance: 1, seed: 1 }],
  topVsRestPairs: [table, { ...limits, top: 1 }],
  classificationLogit: [1, [1, 2]],
  bradleyTerryInformation: [1, { beta: 1, flipRate: 0.1 }],
  choiceInformation: [annotator, 1],
  effectiveSampleSize: [[1, 2], annotator, { reference: annotator }],
  flipEfficiency: [1, { beta: 1, flipRate: 0.1 }],
  checkConcaveQuality: [quality, { maxDelta: 3 }],
  expectedAbsoluteDifference: [normal, normal],
  backwardCorrectedLoss: [[1], { flipRate: 0.1, secondFlipRate: [0.2], labels: [1] }],
  forwardCorrectedLoss: [[1], { flipRate: 0.1, secondFlipRate: [0.2], labels: [1] }],
  orderConsistencyBound: [{ quality: 0.9, error: 0.1 }],
  populationOrderConsistencyBound: [{ error: 0.1, kappa: 0, delta: 0 }],
  gaussianPairQuality: [{ beta: 1, scale: 1, link: 'probit' }],
  gaussianQualityCdf: [0.7, { beta: 1, scale: 1 }],
  gaussianQualityDensity: [0.7, { beta: 1, scale: 1 }],
  pairQuality: [quality, normal, normal],
  pairQualityDensity: [0.7, quality, [normal, normal], {}],
  compareDifferences: [[normal], { weights: [1] }],
  compareQualities: [[normal], quality, { weights: [1] }],
  drawUtilities: ['gumbel', { count: 3, deviation: 2, seed: 1 }],
  expectedOrderAccuracy: [labelled, { alpha: 0.1, repeats: 2 }],
  repeatsForOrderAccuracy: [labelled, { alpha: 0.1, target: 0.6 }],
  comparisonsForRisk: [0.1, rate],
  rewardErrorRate: [100, { ...rate, winProbability: 0.4 }],
  truncatedKlRate: [100, rate],
  truncatedKlRateExponent: [{ dimension: 1, smoothness: 1, smallValueExponent: 0 }],
  truncatedKlRisk: [[0.5], [0.4], { bound: 2 }],
  utilityDistribution: ['student-t', { location: 0, scale: 1, degreesOfFreedom: 3 }],
}

const functions = Object.entries(noise).filter(
  ([name, value]) => typeof value === 'function' && name !== 'NoiseError',
)

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  value !== fit &&
  value !== normal

/** What is no argument of any function here, or of few. */
const bad = [
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  1.5,
  'x',
  true,
  10n,
  {},
  [],
  [Number.NaN],
  ['x'],
  [undefined],
  'ab',
  () => undefined,
  () => Number.NaN,
  () => 0.2,
  () => ({}),
  { model: {} },
]

/** The same arguments with the last ones left out, or with one, or one field of one, replaced. */
function* spoiled(args: readonly unknown[]): Generator<unknown[]> {
  for (const count of args.keys()) yield args.slice(0, count)
  for (const [k, argument] of args.entries()) {
    for (const value of bad) {
      yield args.with(k, value)
      if (!isPlain(argument)) continue
      for (const name of Object.keys(argument)) yield args.with(k, { ...argument, [name]: value })
    }
  }
}

/** The fields that docstrings say may be NaN: what is not said of a comparison, and errors that one item cannot give. */
const mayBeNaN = new Set([
  'standardError',
  'firstItem',
  'secondItem',
  'firstLength',
  'secondLength',
  'firstOwned',
  'secondOwned',
])

function hasNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isNaN(value)
  if (typeof value !== 'object' || value === null) return false
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array).some(Number.isNaN)
  return Object.entries(value).some(
    ([name, inner]) => !mayBeNaN.has(name) && name !== 'model' && hasNaN(inner),
  )
}

test('every exported function is in the list', () => {
  expect(functions.map(([name]) => name).sort()).toEqual(Object.keys(good).sort())
})

test.each(functions)('%s works, and refuses by NoiseError what it cannot use', (name, value) => {
  const call = value as (...args: unknown[]) => unknown
  const args = good[name]!
  expect(hasNaN(call(...args))).toBe(false)
  for (const given of spoiled(args)) {
    try {
      const result = call(...given)
      // Some bad values are good ones elsewhere, such as no votes to leave out; what comes of them is never NaN.
      if (hasNaN(result))
        expect.unreachable(`${name} gives NaN for ${String(given)}: ${JSON.stringify(given)}`)
    } catch (error) {
      if (!noise.NoiseError.isInstance(error)) throw error
      expect(error.message).toMatch(/ is |: |has |have |hold|add up/)
    }
  }
})

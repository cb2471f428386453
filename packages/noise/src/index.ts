export type { ExpressionParameters } from '@prefkit/expressions'
export {
  annotationErrorRate,
  observedErrorRate,
} from './annotators/annotation-error-rate'
export {
  type Annotator,
  type Choice,
  type ChoiceContext,
  choiceContext,
  type Modifier,
} from './annotators/annotator'
export { annotatorPool } from './annotators/annotator-pool'
export {
  type AnnotatorAssignment,
  type AssignAnnotatorsOptions,
  assignAnnotators,
} from './annotators/assign-annotators'
export {
  type CalibrateBetaOptions,
  type CalibratedAnnotator,
  type CalibrateFlipRateOptions,
  type CalibrateOptions,
  calibrateAnnotator,
  calibrateBeta,
  calibrateFlipRate,
} from './annotators/calibrate-annotator'
export { checkQualityFunction, type QualityCheckOptions } from './annotators/check-quality-function'
export type { Comparisons, Flags, Numbers } from './annotators/comparisons'
export { type Assignment, comparisonsOf, type Pairs, type Responses } from './annotators/comparisons-of'
export { composeAnnotator } from './annotators/compose-annotator'
export { type ExpectedChoices, expectedChoices } from './annotators/expected-choices'
export { type ExpressionQualityOptions, expressionQuality } from './annotators/expression-quality'
export {
  type FlipLabelsOptions,
  type FlipWorstLabelsOptions,
  flipLabels,
  flipWorstLabels,
  type WorstCaseThresholdOptions,
  worstCaseThreshold,
} from './annotators/flip-labels'
export { type BetaOptions, logisticAnnotator } from './annotators/logistic-annotator'
export { paperAnnotations } from './annotators/paper-annotations'
export type { PerAnnotator } from './annotators/per-annotator'
export { perfectAnnotator } from './annotators/perfect-annotator'
export { probitAnnotator } from './annotators/probit-annotator'
export { type QualityFunction, qualityAnnotator } from './annotators/quality-annotator'
export { randomOrders, type SequenceOptions } from './annotators/random-orders'
export { simulateAnnotations } from './annotators/simulate-annotations'
export { type AbilityOptions, withAbility } from './annotators/with-ability'
export { type CyclesOptions, withCycles } from './annotators/with-cycles'
export { type FatigueOptions, withFatigue } from './annotators/with-fatigue'
export { type LengthBiasOptions, type LengthMeasure, withLengthBias } from './annotators/with-length-bias'
export {
  type BiasDistribution,
  type PersonalBiasOptions,
  withPersonalBias,
} from './annotators/with-personal-bias'
export { type PositionBiasOptions, withPositionBias } from './annotators/with-position-bias'
export { type RandomFlipsOptions, withRandomFlips } from './annotators/with-random-flips'
export { type SelfPreferenceOptions, withSelfPreference } from './annotators/with-self-preference'
export { type TiesOptions, withTies } from './annotators/with-ties'
export { type WorstCaseFlipsOptions, withWorstCaseFlips } from './annotators/with-worst-case-flips'
export { type BradleyTerryEloOptions, bradleyTerryElo } from './bradley-terry/bradley-terry-elo'
export {
  type BradleyTerryIntervalOptions,
  type BradleyTerryIntervals,
  bradleyTerryIntervals,
  type IntervalEstimate,
} from './bradley-terry/bradley-terry-intervals'
export { type EloOptions, type EloScaleOptions, eloRatings } from './bradley-terry/elo-ratings'
export {
  type BradleyTerryFit,
  type BradleyTerryOptions,
  fitBradleyTerry,
} from './bradley-terry/fit-bradley-terry'
export type { TieModel } from './bradley-terry/outcome-models'
export type { PairedComparisons, Player } from './bradley-terry/paired-comparisons'
export { type RankIntervalOptions, type RankIntervals, rankIntervals } from './bradley-terry/rank-intervals'
export type { UncertaintyOptions } from './bradley-terry/uncertainty'
export { connectedGroups } from './bradley-terry/win-graph'
export {
  type Agreement,
  type AgreementWithOthers,
  agreementWithOthers,
  impliedFlipRate,
  type PairwiseAgreementOptions,
  pairwiseAgreement,
} from './estimation/agreement'
export type { BootstrapOptions } from './estimation/bootstrap'
export type { TiesOption } from './estimation/choices'
export { cohenKappa } from './estimation/cohen-kappa'
export {
  type AbilityEstimates,
  type AnnotatedDifferences,
  type BetaEstimate,
  type EstimateAbilitiesOptions,
  type EstimateBetaOptions,
  estimateAbilities,
  estimateBeta,
  type LabelledDifferences,
} from './estimation/estimate-beta'
export type { Convergence, EffortOptions } from './estimation/expectation-maximisation'
export {
  type CrowdBradleyTerry,
  type CrowdComparisons,
  type FitCrowdBradleyTerryOptions,
  fitCrowdBradleyTerry,
} from './estimation/fit-crowd-bradley-terry'
export {
  type DawidSkene,
  type DawidSkeneParameters,
  type FitDawidSkeneOptions,
  fitDawidSkene,
} from './estimation/fit-dawid-skene'
export { type FitMaceOptions, fitMace, type Mace } from './estimation/fit-mace'
export { type FleissKappaOptions, fleissKappa, type Kappa } from './estimation/fleiss-kappa'
export type { Estimate } from './estimation/jackknife'
export {
  type Alpha,
  type AlphaScale,
  type KrippendorffAlphaOptions,
  krippendorffAlpha,
} from './estimation/krippendorff-alpha'
export { type ClassesOption, type Votes, votesWithout } from './estimation/votes'
export type { Name } from './names'
export { NoiseError, type NoiseErrorCode } from './noise-error'
export { type ActiveCriterion, type ActiveDesignOptions, activeDesign } from './pairing/active-design'
export { type BestVsWorstPairsOptions, bestVsWorstPairs } from './pairing/best-vs-worst-pairs'
export { crossPromptPairs } from './pairing/cross-prompt-pairs'
export { type DiversifiedPairsOptions, diversifiedPairs } from './pairing/diversified-pairs'
export { type KnockOutDesignOptions, knockOutDesign } from './pairing/knock-out-design'
export { type Pair, type PairSequence, type PairSequenceOptions, pairColumns } from './pairing/pair-sequence'
export {
  type AdaptiveDesign,
  answeredComparisons,
  emptyHistory,
  extendHistory,
  type PairingHistory,
  recordLabels,
  type Scope,
} from './pairing/pairing-history'
export {
  createPairingSession,
  type PairingSession,
  type PairingSessionOptions,
} from './pairing/pairing-session'
export { randomPairs } from './pairing/random-pairs'
export type { RankedPairsOptions } from './pairing/ranked-pairs'
export type { Ranks } from './pairing/ranks'
export type { ResponseTable } from './pairing/response-table'
export { type Balance, type RandomPairsOptions, samePromptPairs } from './pairing/same-prompt-pairs'
export { type Similarity, type SimilarPairsOptions, similarPairs } from './pairing/similar-pairs'
export { type SwissDesignOptions, swissDesign } from './pairing/swiss-design'
export { type ThompsonDesignOptions, thompsonDesign } from './pairing/thompson-design'
export { type TopVsRestPairsOptions, topVsRestPairs } from './pairing/top-vs-rest-pairs'
export { type ClassificationLogit, classificationLogit, type Opponents } from './theory/classification-logit'
export {
  bradleyTerryInformation,
  choiceInformation,
  type EffectiveSampleSize,
  type EffectiveSampleSizeOptions,
  effectiveSampleSize,
  type FlippedLabelsOptions,
  flipEfficiency,
} from './theory/comparison-information'
export { type ConcavityOptions, checkConcaveQuality } from './theory/concave-quality'
export { type DrawnFamily, type DrawUtilitiesOptions, drawUtilities } from './theory/draw-utilities'
export { expectedAbsoluteDifference } from './theory/expected-absolute-difference'
export {
  type ExpectedOrderAccuracyOptions,
  expectedOrderAccuracy,
  type LabelledRewards,
  type RepeatsForOrderAccuracyOptions,
  repeatsForOrderAccuracy,
} from './theory/expected-order-accuracy'
export {
  backwardCorrectedLoss,
  type CorrectedLoss,
  forwardCorrectedLoss,
  type NoiseCorrectionOptions,
} from './theory/noise-corrected-loss'
export {
  type OrderConsistencyBound,
  type OrderConsistencyOptions,
  orderConsistencyBound,
  type PopulationOrderConsistencyBound,
  type PopulationOrderConsistencyOptions,
  populationOrderConsistencyBound,
} from './theory/order-consistency'
export {
  type GaussianPairQualityOptions,
  type GaussianQualityDensityOptions,
  gaussianPairQuality,
  gaussianQualityCdf,
  gaussianQualityDensity,
  type PairQualityDensityOptions,
  pairQuality,
  pairQualityDensity,
} from './theory/pair-quality'
export {
  compareDifferences,
  compareQualities,
  type PairingComparison,
  type PairingOptions,
  type QualityComparison,
} from './theory/prompt-pairings'
export {
  comparisonsForRisk,
  type RateCalibration,
  type RewardClassOptions,
  type RewardErrorRateOptions,
  rewardErrorRate,
  type TruncatedKlRateOptions,
  truncatedKlRate,
  truncatedKlRateExponent,
} from './theory/truncated-kl-rate'
export { type TruncatedKlRiskOptions, truncatedKlRisk } from './theory/truncated-kl-risk'
export {
  type StandardDensity,
  type UtilityDistribution,
  type UtilityDistributionOptions,
  type UtilityFamily,
  utilityDistribution,
} from './theory/utility-distribution'

import { checkInteger, choose, formatValue } from '../check-options'
import { NoiseError } from '../noise-error'
import { bootstrapParameters } from './bootstrap-parameters'
import { reportedCovariance, sandwichCovariance, waldCovariance } from './covariance'
import { type BradleyTerryFit, originOf } from './fit-bradley-terry'
import type { Player } from './paired-comparisons'
import { strengthsOf } from './problem'

/** Options of how uncertain estimates are. */
export interface UncertaintyOptions {
  /**
   * `wald`: the inverse of the observed information; `sandwich`: holds where the model does not; `bootstrap`: refits
   * resampled comparisons. Default: `wald`.
   */
  method?: 'wald' | 'sandwich' | 'bootstrap'
  /**
   * For `sandwich` and `bootstrap`: what makes rows dependent, such as who answered; one value a row. Default: rows are
   * independent, and one of weight w is w comparisons where all weights are whole numbers, else one.
   */
  clusters?: ArrayLike<Player>
  /** Resamples of `bootstrap`, ≥ 2. Default: 1,000. */
  resamples?: number
  /** Integer that makes random draws repeat. Default: 0. */
  seed?: number
}

/** Names of {@link UncertaintyOptions}. */
export const uncertaintyNames = { method: true, clusters: true, resamples: true, seed: true } as const

/** How uncertain the parameters are. */
export interface Uncertainty {
  readonly method: 'wald' | 'sandwich' | 'bootstrap'
  /** Of the strengths as reported, `[players, players]`. */
  readonly strengths: Float64Array
  /** Variance of each parameter. */
  readonly variances: Float64Array
  /** Of `bootstrap`: resampled strengths as reported, and parameters. */
  readonly samples?: {
    readonly strengths: readonly Float64Array[]
    readonly parameters: readonly Float64Array[]
  }
  /** Resamples that had no finite estimate. */
  readonly failures: number
}

type Model = BradleyTerryFit['model']

function fromCovariance(method: 'wald' | 'sandwich', model: Model, covariance: Float64Array): Uncertainty {
  const { size } = model.problem
  return {
    method,
    strengths: reportedCovariance(model, covariance),
    variances: Float64Array.from({ length: size }, (_, k) => covariance[k * size + k]!),
    failures: 0,
  }
}

/** Covariance of columns, `[columns, columns]`. */
function covarianceOf(samples: readonly Float64Array[]): Float64Array {
  const width = samples[0]!.length
  const mean = new Float64Array(width)
  for (const sample of samples) for (let k = 0; k < width; k++) mean[k]! += sample[k]! / samples.length
  const covariance = new Float64Array(width * width)
  for (const sample of samples) {
    for (let i = 0; i < width; i++) {
      const share = (sample[i]! - mean[i]!) / (samples.length - 1)
      for (let j = 0; j < width; j++) covariance[i * width + j]! += share * (sample[j]! - mean[j]!)
    }
  }
  return covariance
}

function fromBootstrap(model: Model, options: UncertaintyOptions): Uncertainty {
  const { clusters, resamples = 1000, seed = 0 } = options
  const { samples, failures } = bootstrapParameters(model, { clusters, resamples, seed })
  const strengths = samples.map((parameters) => {
    const raw = strengthsOf(model.problem, parameters)
    const origin = originOf(raw, model.reference)
    return raw.map((strength) => strength - origin)
  })
  const { size } = model.problem
  const covariance = covarianceOf(samples)
  return {
    method: 'bootstrap',
    strengths: covarianceOf(strengths),
    variances: Float64Array.from({ length: size }, (_, k) => covariance[k * size + k]!),
    samples: { strengths, parameters: samples },
    failures,
  }
}

/** How uncertain a fit is. */
export function uncertaintyOf(fit: BradleyTerryFit, options: UncertaintyOptions): Uncertainty {
  const model = (fit as Partial<BradleyTerryFit> | null | undefined)?.model
  if (model?.problem === undefined) {
    const message = `fit is ${formatValue(fit)}; expected what fitBradleyTerry gives`
    throw new NoiseError('INVALID_OPTION', 'fit', message)
  }
  const { method = 'wald', resamples = 1000, seed = 0 } = options
  checkInteger('resamples', resamples, 2)
  checkInteger('seed', seed, Number.MIN_SAFE_INTEGER)
  return choose('method', method, {
    wald: () => fromCovariance('wald', model, waldCovariance(model)),
    sandwich: () => fromCovariance('sandwich', model, sandwichCovariance(model, options.clusters)),
    bootstrap: () => fromBootstrap(model, options),
  })()
}

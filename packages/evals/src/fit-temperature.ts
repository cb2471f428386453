import { checkFinite, checkNotEmpty } from './check-input'
import { comparisonLogLoss, winProbability } from './win-probability'

/** What {@link fitTemperature} found. */
export interface TemperatureFit {
  /**
   * `fitted`: a finite optimum with a > 0. `separable`: every margin is ≥ 0 (and one is > 0), so the loss falls
   * for ever as a grows. `uninformative`: margins point the wrong way on balance, or are all 0, so a = 0 is best.
   */
  status: 'fitted' | 'separable' | 'uninformative'
  /** a = 1/T, which multiplies margins; 0 when uninformative, null when separable. */
  inverseTemperature: number | null
  /** T = 1/a; above 1 the margins were over-confident. Null unless fitted. */
  temperature: number | null
  /** Mean log-loss at the optimum, in nats; log 2 when uninformative, and its limit when separable. */
  logLoss: number
}

const meanLoss = (margins: ArrayLike<number>, a: number) => {
  let sum = 0
  for (let i = 0; i < margins.length; i++) sum += comparisonLogLoss(a * margins[i]!)
  return sum / margins.length
}

/** Newton's method on the convex loss, halving any step that would not lower it. */
function newton(margins: ArrayLike<number>, start: number): number {
  let a = start
  let loss = meanLoss(margins, a)
  for (let iteration = 0; iteration < 100; iteration++) {
    let [gradient, curvature] = [0, 0]
    for (let i = 0; i < margins.length; i++) {
      const lose = winProbability(-a * margins[i]!)
      gradient -= lose * margins[i]!
      curvature += lose * (1 - lose) * margins[i]! ** 2
    }
    if (gradient === 0 || curvature === 0) return a
    let step = gradient / curvature
    // Below this the loss cannot show the difference, and the last full step is the best answer.
    if (Math.abs(step) <= 1e-12 * a) return a
    while (a - step <= 0 || meanLoss(margins, a - step) > loss) {
      step /= 2
      if (Math.abs(step) <= 1e-15 * a) return a
    }
    a -= step
    loss = meanLoss(margins, a)
  }
  return a
}

/**
 * The one scale a = 1/T of margins that makes win probabilities σ(a · margin) likeliest.
 *
 * Minimises the mean of −log σ(a · margin), convex in a, by Newton's method. Temperature scaling of Guo et al.
 * (1706.04599) for the Bradley-Terry model: it changes how sure a reward model claims to be, never its ranking.
 * Fit on held-out comparisons, not on those evaluated.
 *
 * @param margins chosen score − rejected score, finite
 * @throws EvalsError `INVALID_INPUT`, `EMPTY`, `NOT_FINITE`
 */
export function fitTemperature(margins: ArrayLike<number>): TemperatureFit {
  checkNotEmpty('margins', margins)
  checkFinite('margins', margins)
  const values = Array.from(margins)
  const sum = values.reduce((total, margin) => total + margin, 0)
  // The slope of the loss at a = 0 is −mean/2, and the loss is convex: without a positive mean it never falls.
  if (sum <= 0) {
    return { status: 'uninformative', inverseTemperature: 0, temperature: null, logLoss: Math.LN2 }
  }
  if (values.every((margin) => margin >= 0)) {
    const tied = values.filter((margin) => margin === 0).length
    return {
      status: 'separable',
      inverseTemperature: null,
      temperature: null,
      logLoss: (tied / values.length) * Math.LN2,
    }
  }
  const scale = values.reduce((total, margin) => total + Math.abs(margin), 0) / values.length
  const inverseTemperature = newton(values, 1 / scale)
  return {
    status: 'fitted',
    inverseTemperature,
    temperature: 1 / inverseTemperature,
    logLoss: meanLoss(values, inverseTemperature),
  }
}

/** Nodes of one Gauss–Legendre rule: exact for polynomials of degree up to 31. */
const NODES = 16
/** How often a panel is halved at most; a jump is then placed to the last bits. */
const DEEPEST = 60

type Rule = readonly { readonly node: number; readonly weight: number }[]

/** Gauss–Legendre on [−1, 1]: roots of the Legendre polynomial by Newton's method. */
function gaussLegendre(count: number): Rule {
  return Array.from({ length: count }, (_, i) => {
    let node = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5))
    let slope = 1
    for (let step = 0; step < 10; step++) {
      let [before, value] = [1, node]
      for (let k = 2; k <= count; k++) {
        ;[before, value] = [value, ((2 * k - 1) * node * value - (k - 1) * before) / k]
      }
      slope = (count * (node * value - before)) / (node * node - 1)
      node -= value / slope
    }
    return { node, weight: 2 / ((1 - node * node) * slope * slope) }
  })
}

let cached: Rule | undefined
/** The one rule, made when first asked for. */
function rule(): Rule {
  cached ??= gaussLegendre(NODES)
  return cached
}

type Integrand = (x: number) => number

/** A stretch on which the integrand is smooth, or halves into such stretches; in t if the stretch is infinite. */
interface Panel {
  readonly f: Integrand
  readonly low: number
  readonly high: number
}

function sumOver({ f, low, high }: Panel): number {
  const half = (high - low) / 2
  const middle = low + half
  let sum = 0
  for (const { node, weight } of rule()) sum += weight * f(middle + half * node)
  return half * sum
}

/** The integral of |f|, nearly: only tolerances depend on it. */
const sizeOf = (sums: readonly number[]) => sums.reduce((total, sum) => total + Math.abs(sum), 0)

/** When halving is enough: by less than `absolute`, or by less than this share of the panel's own integral. */
interface Tolerance {
  readonly absolute: number
  readonly relative: number
}

/** A panel and what one rule gives on it; halved until halving changes nothing. */
function refined(panel: Panel, whole: number, tolerance: Tolerance, depth: number): number {
  const { f, low, high } = panel
  const middle = low + (high - low) / 2
  const panels = [
    { f, low, high: middle },
    { f, low: middle, high },
  ] as const
  const [left, right] = [sumOver(panels[0]), sumOver(panels[1])]
  const sum = left + right
  // Where a first look underestimated the integral, the absolute tolerance can be below what rounding leaves: without the
  // share of the panel itself, halving would not end.
  const enough = Math.max(tolerance.absolute, tolerance.relative * (Math.abs(left) + Math.abs(right)))
  // Two halves are far nearer to the integral than the whole is: what is left is much smaller than this difference.
  if (!(Math.abs(sum - whole) > enough) || depth === 0) return sum
  return refined(panels[0], left, tolerance, depth - 1) + refined(panels[1], right, tolerance, depth - 1)
}

/** The stretch from `from` to plus or minus infinity as t in [0, 1): x = from ± scale·t/(1 − t). */
const infinitePanel = (f: Integrand, from: number, signedScale: number): Panel => ({
  f: (t) => (f(from + (signedScale * t) / (1 - t)) * Math.abs(signedScale)) / (1 - t) ** 2,
  low: 0,
  high: 1,
})

function panelBetween(f: Integrand, low: number, high: number, scale: number): Panel {
  if (high === Number.POSITIVE_INFINITY) return infinitePanel(f, low, scale)
  if (low === Number.NEGATIVE_INFINITY) return infinitePanel(f, high, -scale)
  return { f, low, high }
}

/** How {@link integrate} goes about it. */
interface IntegrateOptions {
  /** Length over which the integrand falls off beyond the outermost finite break. */
  readonly scale: number
  /** Error to be had, relative to the sum of the panels' absolute values, or in each panel to its own. Default: 1e-13. */
  readonly tolerance?: number
}

/**
 * ∫ f(x) dx from the smallest to the largest break: adaptive Gauss–Legendre, infinite ends mapped to finite ones. Not
 * exported by the package.
 *
 * @param breaks at least one of them finite; where f has a kink, a jump or a narrow peak. Their order does not
 *   matter.
 */
export function integrate(f: Integrand, breaks: readonly number[], options: IntegrateOptions): number {
  const { scale, tolerance = 1e-13 } = options
  const places = [...new Set(breaks)].sort((a, b) => a - b)
  const panels = places.slice(1).map((high, i) => panelBetween(f, places[i]!, high, scale))
  const sums = panels.map(sumOver)
  const allowed = { absolute: tolerance * sizeOf(sums), relative: tolerance }
  return panels.reduce((total, panel, i) => total + refined(panel, sums[i]!, allowed, DEEPEST), 0)
}

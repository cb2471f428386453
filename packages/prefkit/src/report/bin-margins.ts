/** One bar of a margin histogram; bars never straddle 0. */
export interface MarginBin {
  low: number
  high: number
  count: number
}

/** A step of 1, 2 or 5 times a power of ten that is at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least)!
}

/**
 * Bins margins for a histogram, with an edge at 0, so that a bar is all right or all wrong; a tie at 0 counts with
 * the wrong. The outermost 0.5 % at either end is gathered into the end bars, or outliers would flatten the rest.
 *
 * @returns bars of equal width, and how many margins were drawn in; no bars when no margin is finite
 */
export function binMargins(margins: readonly number[], bars = 36): { bins: MarginBin[]; gathered: number } {
  const sorted = Float64Array.from(margins.filter(Number.isFinite)).sort()
  if (sorted.length === 0) return { bins: [], gathered: 0 }
  const aside = Math.floor(sorted.length * 0.005)
  const low = Math.min(0, sorted[aside]!)
  const high = Math.max(0, sorted[sorted.length - 1 - aside]!)
  const range = high - low
  // Under this they are equal but for rounding, and a step could underflow.
  const step = niceStep((range > 1e-9 ? range : 1) / bars)
  const first = Math.min(-1, Math.floor(low / step))
  const last = Math.max(1, Math.ceil(high / step))
  const bins = Array.from({ length: last - first }, (_, i) => ({
    low: (first + i) * step,
    high: (first + i + 1) * step,
    count: 0,
  }))
  let gathered = 0
  for (const margin of sorted) {
    // Bars are open below and closed above: 0 falls in the bar that ends there.
    const raised = Math.ceil(margin / step) - 1
    // A margin far smaller than a bar divides to 0, and must still fall on its own side.
    const place = (margin > 0 ? Math.max(0, raised) : Math.min(-1, raised)) - first
    const bar = Math.max(0, Math.min(bins.length - 1, place))
    if (bar !== place) gathered++
    bins[bar]!.count++
  }
  return { bins, gathered }
}

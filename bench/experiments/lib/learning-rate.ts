/** A rate that rises over some steps and then falls in a line to a tenth: without, a judge's liking for a place swings. */
export const warmUpAndDecay =
  (highest: number, steps: number, warmup: number) =>
  (step: number): number =>
    highest * Math.min(1, (step + 1) / warmup) * (1 - 0.9 * (step / steps))

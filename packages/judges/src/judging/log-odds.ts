/** Probabilities nearer to 0 or 1 than this have the log-odds of this one: ±6.9. */
export const defaultClip = 1e-3

/** log p / (1 − p) of a probability kept `clip` away from 0 and 1; opposite for opposite probabilities. */
export function logOdds(probability: number, clip: number): number {
  const small = Math.max(clip, Math.min(probability, 1 - probability))
  const size = Math.log((1 - small) / small)
  return probability < 0.5 ? -size : size
}

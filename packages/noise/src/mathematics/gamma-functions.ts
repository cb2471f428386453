/** From here on the asymptotic series are exact to the last digits; smaller arguments are moved up. */
const LARGE = 10

/** Digamma ψ(x) = d log Γ(x)/dx for x > 0. */
export function digamma(x: number): number {
  let [shifted, below] = [x, 0]
  for (; shifted < LARGE; shifted++) below += 1 / shifted
  const s = 1 / (shifted * shifted)
  const series =
    s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - (s * 691) / 32760)))))
  return Math.log(shifted) - 0.5 / shifted - series - below
}

/** log Γ(x) for x > 0. */
export function logGamma(x: number): number {
  let [shifted, below] = [x, 1]
  for (; shifted < LARGE; shifted++) below *= shifted
  const s = 1 / (shifted * shifted)
  const series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188))))) / shifted
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(below)
  )
}

/** Random numbers that are the same each time. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  uniform(): number
  /** Of the standard normal distribution. */
  normal(): number
}

/** sfc32 of Chris Doty-Humphrey, and the polar method of Marsaglia. */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [0, seed | 0, 0x9e3779b9 | 0, 1]
  const uniform = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 16; i++) uniform()
  let spare: number | undefined
  const normal = () => {
    if (spare !== undefined) {
      const kept = spare
      spare = undefined
      return kept
    }
    for (;;) {
      const x = 2 * uniform() - 1
      const y = 2 * uniform() - 1
      const square = x * x + y * y
      if (square === 0 || square >= 1) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      spare = y * factor
      return x * factor
    }
  }
  return { uniform, normal }
}

/** Whether what has this logit is so. */
export const drawLabel = (random: Random, logit: number): number =>
  random.uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0

import { message, page } from './page'

const percent = new Intl.NumberFormat('en', { style: 'percent' })

/** In the words of the Bradley–Terry model: A wins with probability σ(r_A − r_B). */
function verdictOn([a, b]: Float32Array): string {
  const probability = 1 / (1 + Math.exp(b! - a!))
  const [better, chance] = probability >= 0.5 ? ['A', probability] : ['B', 1 - probability]
  return `Text ${better} convinces more, with a probability of ${percent.format(chance)}.`
}

/**
 * A function that brings the scores up to date with what is in the boxes and in the model. Called while it is busy, it
 * goes over them once more afterwards.
 */
export function createScoring(
  score: (texts: readonly string[]) => Promise<Float32Array | undefined>,
): () => Promise<void> {
  let running: Promise<void> | undefined
  let again = false
  const run = async () => {
    do {
      again = false
      const rewards = await score(page.texts.map(({ value }) => value))
      page.rewards.forEach((output, i) => {
        output.textContent = rewards ? rewards[i]!.toFixed(2) : '–'
      })
      page.verdict.textContent = rewards ? verdictOn(rewards) : ''
    } while (again)
  }
  return () => {
    again = true
    running ??= run()
      .catch((error) => {
        page.verdict.textContent = `Scoring failed: ${message(error)}`
      })
      .finally(() => {
        running = undefined
      })
    return running
  }
}

import type { LoopPrompt, LoopResponse } from '../prompts/prompt'

/** How long scoring may be watched. */
export interface ScoringRun {
  readonly signal?: AbortSignal | undefined
}

/** Two responses to one prompt, in the order in which they are shown. */
export interface ResponsePair {
  readonly prompt: LoopPrompt
  readonly first: LoopResponse
  readonly second: LoopResponse
}

/** Says which of two responses is better, such as a generative pairwise reward model. */
export interface PairwiseScorer {
  /**
   * p(yes | q, first, second): how probably the first is better, shown in this order alone. In [0, 1], in the order of the pairs; NaN where
   * there is no answer.
   */
  firstWins(pairs: readonly ResponsePair[], run?: ScoringRun): Promise<readonly number[]>
}

/** Why a response has no score where the scorer says NaN. */
export const unanswered = 'its scorer had no answer'

/** A response on its own. */
export interface PromptedResponse {
  readonly prompt: LoopPrompt
  readonly response: LoopResponse
}

/** Gives each response a number, such as a Bradley–Terry reward model. */
export interface PointwiseScorer {
  /** In the order of the responses; larger is better, and differences are log-odds of being preferred where it was trained so. */
  scores(responses: readonly PromptedResponse[], run?: ScoringRun): Promise<readonly number[]>
}

/** A pointwise model as a pairwise one: p = σ(s(first) − s(second)), whatever the order. Equal responses are scored once. */
export const pairwiseFromPointwise = (model: PointwiseScorer): PairwiseScorer => ({
  async firstWins(pairs, run) {
    const places = new Map<string, number>()
    const unique: PromptedResponse[] = []
    const placeOf = (prompt: LoopPrompt, response: LoopResponse): number => {
      const key = JSON.stringify([prompt.id, response.tokens, response.text])
      const known = places.get(key)
      if (known !== undefined) return known
      places.set(key, unique.length)
      return unique.push({ prompt, response }) - 1
    }
    const both = pairs.map(
      ({ prompt, first, second }) => [placeOf(prompt, first), placeOf(prompt, second)] as const,
    )
    const scores = await model.scores(unique, run)
    return both.map(([first, second]) => 1 / (1 + Math.exp(scores[second]! - scores[first]!)))
  },
})

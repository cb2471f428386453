/** How large everything is. */
export interface Size {
  readonly name: 'toy' | 'small' | 'full'
  /** Tokens of a response, at most. */
  readonly responseTokens: number
  readonly comparisons: {
    /** Prompts that are compared on, and responses of each. */
    readonly prompts: number
    readonly responses: number
    /** Comparisons that a model learns from. */
    readonly count: number
    /** Pairs that models are tested on, of other prompts. */
    readonly heldOut: number
  }
  readonly judge: { readonly learningRate: number; readonly rowsPerStep: number; readonly warmup: number }
  readonly policy: {
    /** Prompts that the policy learns on. */
    readonly prompts: number
    readonly promptsPerStep: number
    readonly samplesPerPrompt: number
    readonly steps: number
    readonly learningRate: number
    readonly criticLearningRate: number
    readonly klWeight: number
    readonly minibatches: number
    /** Held-out prompts, and responses of each, at the end. */
    readonly heldOutPrompts: number
    readonly heldOutSamples: number
  }
  /** Responses that anchors are the best of. */
  readonly anchors: { readonly n: readonly number[]; readonly standard: number; readonly distilled: number }
  readonly par: {
    /** Comparisons that the judge of single responses learns from. */
    readonly pairs: number
    readonly formSteps: number
    readonly steps: number
    readonly pairsPerStep: number
    readonly samplesPerPrompt: number
    readonly learningRate: number
    readonly heldOut: number
    readonly noise: readonly number[]
  }
  readonly rubrics: { readonly realPairs: number; readonly simulatedPairs: number }
  /** Seeds of each experiment, counted from 0. */
  readonly seeds: {
    readonly positionBias: number
    readonly anchorQuality: number
    readonly valueModels: number
    readonly parMargin: number
    readonly parNoise: number
    readonly rubrics: number
  }
}

const small: Size = {
  name: 'small',
  responseTokens: 32,
  comparisons: { prompts: 250, responses: 8, count: 1200, heldOut: 300 },
  judge: { learningRate: 1e-3, rowsPerStep: 32, warmup: 10 },
  policy: {
    ...{ prompts: 48, promptsPerStep: 24, samplesPerPrompt: 4, steps: 10 },
    ...{ learningRate: 5e-4, criticLearningRate: 1e-3, klWeight: 0.02, minibatches: 4 },
    ...{ heldOutPrompts: 64, heldOutSamples: 8 },
  },
  anchors: { n: [1, 5, 15, 30, 50], standard: 30, distilled: 12 },
  par: {
    ...{ pairs: 600, formSteps: 30, steps: 60, pairsPerStep: 8, samplesPerPrompt: 4 },
    ...{ learningRate: 1e-3, heldOut: 100, noise: [0, 0.25, 0.5] },
  },
  rubrics: { realPairs: 24, simulatedPairs: 2000 },
  seeds: { positionBias: 5, anchorQuality: 5, valueModels: 5, parMargin: 6, parNoise: 6, rubrics: 5 },
}

/** Whether everything works: nothing is learnt. */
const toy: Size = {
  ...small,
  name: 'toy',
  responseTokens: 16,
  comparisons: { prompts: 24, responses: 4, count: 64, heldOut: 24 },
  policy: {
    ...small.policy,
    ...{ prompts: 8, promptsPerStep: 4, samplesPerPrompt: 2, steps: 2, minibatches: 1 },
    ...{ heldOutPrompts: 8, heldOutSamples: 2 },
  },
  anchors: { n: [1, 5, 15], standard: 15, distilled: 4 },
  par: {
    ...small.par,
    ...{ pairs: 32, formSteps: 10, steps: 3, pairsPerStep: 2, heldOut: 8, noise: [0, 0.5] },
  },
  rubrics: { realPairs: 2, simulatedPairs: 200 },
  seeds: { positionBias: 2, anchorQuality: 2, valueModels: 2, parMargin: 2, parNoise: 2, rubrics: 2 },
}

/** For machines with more cores, and models that are given. */
const full: Size = {
  ...small,
  name: 'full',
  responseTokens: 48,
  comparisons: { prompts: 250, responses: 16, count: 10_000, heldOut: 1000 },
  policy: { ...small.policy, steps: 40, heldOutSamples: 16 },
  anchors: { n: [1, 5, 15, 30, 40, 50], standard: 30, distilled: 50 },
  par: {
    ...small.par,
    ...{ pairs: 4000, formSteps: 60, steps: 400, pairsPerStep: 16, samplesPerPrompt: 8, heldOut: 400 },
    noise: [0, 0.1, 0.2, 0.3, 0.4, 0.5],
  },
  rubrics: { realPairs: 500, simulatedPairs: 20_000 },
  seeds: { positionBias: 10, anchorQuality: 5, valueModels: 10, parMargin: 5, parNoise: 5, rubrics: 5 },
}

export const sizes = { toy, small, full }

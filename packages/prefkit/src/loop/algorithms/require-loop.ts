import { PrefkitError } from '../../prefkit-error'
import type { LoopPrompt } from '../prompts/prompt'
import { countRule } from '../prompts/require-counts'
import type { AlgorithmOptions } from './algorithm'

type Rule = readonly [expected: string, allows: (value: number) => boolean]

const notNegative: Rule = ['a number ≥ 0', (value) => Number.isFinite(value) && value >= 0]

/** What the numbers of algorithms may be, in words and as a test. */
const rules = {
  steps: countRule,
  // Of the seeds of steps, which are to be safe integers, as many for each seed.
  seed: [
    'a whole number from 0 to 2³³ − 1',
    (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 33,
  ],
  promptsPerStep: countRule,
  samplesPerPrompt: countRule,
  comparedSamples: ['a whole number ≥ 2', (value) => Number.isSafeInteger(value) && value >= 2],
  epochs: countRule,
  minibatches: countRule,
  rounds: countRule,
  batchSize: countRule,
  pairsPerStep: countRule,
  evaluateEverySteps: countRule,
  klWeight: notNegative,
  valueCoefficient: notNegative,
  mixture: ['a number from 0 to 1', (value) => value >= 0 && value <= 1],
  missingEosPenalty: notNegative,
  learningRate: notNegative,
} as const satisfies Record<string, Rule>

/** Numbers of an algorithm, by the names of its options. */
export type LoopNumbers = Partial<Readonly<Record<keyof typeof rules, number>>>

/** What every algorithm over prompts has. */
type PromptedOptions = AlgorithmOptions & {
  readonly prompts: readonly LoopPrompt[]
  readonly promptsPerStep: number
}

/** @throws PrefkitError `INVALID_CONFIG` naming the algorithm, the option, what was expected and what came. */
export function requireNumbers(algorithm: string, numbers: LoopNumbers): void {
  // The names are those of the rules, and what is left out is not checked.
  for (const [name, value] of Object.entries(numbers) as [keyof typeof rules, number][]) {
    const [expected, allows] = rules[name]
    if (typeof value === 'number' && allows(value)) continue
    throw new PrefkitError('INVALID_CONFIG', `${algorithm}: ${name}: expected ${expected}, got ${value}`)
  }
}

/** Checks what every algorithm over prompts has, and its own numbers. @throws PrefkitError `INVALID_CONFIG`. */
export function requireLoop(algorithm: string, options: PromptedOptions, numbers: LoopNumbers = {}): void {
  const { steps, seed = 0, promptsPerStep, prompts, learningRate } = options
  const rate = typeof learningRate === 'number' ? { learningRate } : {}
  requireNumbers(algorithm, { steps, seed, promptsPerStep, ...rate, ...numbers })
  if (prompts.length > 0) return
  throw new PrefkitError('INVALID_CONFIG', `${algorithm}: prompts: expected at least one, got none`)
}

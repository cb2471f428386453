import { relativeDifference } from '../agreement.ts'
import type { Contender } from '../turns.ts'
import type { LmCase } from './cases.ts'

/** Relative difference allowed between losses and between logits: f32 sums in another order differ by 1e-5. */
const tolerance = 1e-4

/** Steps of training whose losses are compared. */
const comparedSteps = 3

/**
 * Generated tokens of each sequence that must be the same, by peer; all of one that is not named. llama.cpp computes
 * exponentials and attention in other approximations, and with weights of f16 it is another model.
 */
const comparedTokens: Readonly<Record<string, number>> = { 'llama.cpp-f32': 16, 'llama.cpp-f16': 1 }

function compareNumbers(expected: readonly number[], values: readonly number[]): string {
  const difference = relativeDifference(expected, values)
  if (difference <= tolerance) return `within ${difference.toExponential(0)}`
  throw new Error(
    `the numbers differ by ${difference}, more than ${tolerance}:\n${expected.join(' ')}\n${values.join(' ')}`,
  )
}

/** Compares tokens row by row. */
function compareTokens(
  expected: readonly number[],
  values: readonly number[],
  { rows, least }: { readonly rows: number; readonly least: number | undefined },
): string {
  const length = expected.length / rows
  const agreed = Array.from({ length: rows }, (_, row) => {
    const found = expected.slice(row * length, (row + 1) * length).findIndex((token, i) => {
      const theirs = values[row * length + i]
      return token !== theirs
    })
    return found < 0 ? length : found
  })
  const fewest = Math.min(...agreed)
  if (values.length === expected.length && fewest >= Math.min(least ?? length, length))
    return fewest === length ? 'tokens equal' : `${fewest} tokens equal`
  throw new Error(`only the first ${fewest} tokens are the same:\n${expected.join(' ')}\n${values.join(' ')}`)
}

/** What is compared of each kind of case, in words where it agrees. */
const comparisons: Readonly<
  Record<
    LmCase['kind'],
    (spec: LmCase, expected: readonly number[], values: readonly number[], peer: string) => string
  >
> = {
  lora: (_, expected, values) => compareNumbers(expected, values),
  // The best token of each sequence, then the logits of these, which llama.cpp does not show.
  prefill: ({ sequences: rows }, expected, values) => {
    const tokens = compareTokens(expected.slice(0, rows), values.slice(0, rows), { rows, least: undefined })
    const logits = values.slice(rows)
    return logits.length === 0 ? tokens : `${tokens}, ${compareNumbers(expected.slice(rows), logits)}`
  },
  generation: ({ sequences: rows }, expected, values, peer) =>
    compareTokens(expected, values, { rows, least: comparedTokens[peer] }),
}

/**
 * Compares the first steps of all, which warms them up too.
 * @returns for each peer, how far it agrees with the first.
 * @throws Error when one does not compute the same.
 */
export async function checkLmAgreement(
  spec: LmCase,
  ours: Contender,
  theirs: readonly Contender[],
): Promise<string[]> {
  const steps = spec.kind === 'lora' ? comparedSteps : 1
  const expected = (await ours.steps(steps)).values
  const agreements: string[] = []
  for (const peer of theirs) {
    const { values } = await peer.steps(steps)
    try {
      agreements.push(comparisons[spec.kind](spec, expected, values, peer.name))
    } catch (error) {
      throw new Error(`${spec.name}: ${peer.name}: ${(error as Error).message}`)
    }
  }
  return agreements
}

import type { Rubric } from '@prefkit/rubrics'
import type { LoopPrompt, LoopResponse } from '../../../packages/prefkit/src/loop/index.ts'
import type { Context } from './context.ts'
import { baseResponses } from './rollouts.ts'
import { generatedRubric, primaryRubric, type RubricArm, shownRubrics } from './rubric-arms.ts'

/** A judge that is no model: it sees in a response what the rubrics that it is shown name, and nothing else. */
export interface SimulatedOutcome {
  readonly accuracy: number
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? []

const share =
  (words: readonly string[]) =>
  (text: string): number => {
    const own = wordsOf(text)
    return own.length === 0 ? 0 : own.filter((word) => words.includes(word)).length / own.length
  }

/** What a single prompt may want beside warmth: of each prompt one of these counts. */
const aspects: Readonly<Record<string, (text: string) => number>> = {
  Animals: share(['dog', 'cat', 'bird', 'fish', 'bear', 'bunny', 'frog', 'duck', 'mouse', 'lion', 'animals']),
  Outdoors: share([
    'park',
    'tree',
    'trees',
    'garden',
    'forest',
    'sky',
    'sun',
    'outside',
    'flower',
    'flowers',
    'pond',
  ]),
  Family: share([
    'mom',
    'mommy',
    'dad',
    'daddy',
    'mother',
    'father',
    'brother',
    'sister',
    'grandma',
    'family',
  ]),
  Play: share(['play', 'played', 'playing', 'toy', 'toys', 'ball', 'game', 'games', 'run', 'jump']),
  Wealth: (text) => new Set(wordsOf(text)).size,
}

const names = Object.keys(aspects)

/** Numbers in [0, 1) that depend on a seed and a place alone. */
function lot(...places: readonly number[]): number {
  const x = places.reduce((sum, place, i) => sum + (place + 1) * [12.9898, 78.233, 37.719, 9.151][i % 4]!, 0)
  const wide = Math.sin(x) * 43758.5453
  return wide - Math.floor(wide)
}

/** A normal number, by Box and Muller. */
const normal = (...places: readonly number[]): number =>
  Math.sqrt(-2 * Math.log(1 - lot(...places, 1))) * Math.cos(2 * Math.PI * lot(...places, 2))

/** Values as deviations from their mean. */
function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return values.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation))
}

/** Deviations of the judge's own, of a score of one criterion. */
const judgeNoise = 0.5

/** How much what a prompt wants counts beside warmth. */
const ownWeight = 0.7

interface Row {
  readonly prompt: LoopPrompt
  readonly response: LoopResponse
  /** By the name of a criterion, as deviations from the mean of all responses. */
  readonly values: Readonly<Record<string, number>>
}

async function rowsOf(context: Context): Promise<Row[]> {
  const { world } = context
  const { compared } = world.prompts
  const responses = await baseResponses(context, compared, { n: world.size.comparisons.responses, seed: 1 })
  const plain = responses.flatMap((own, i) => own.map((response) => ({ prompt: compared[i]!, response })))
  const columns: Record<string, number[]> = {
    [primaryRubric.name]: standardised(plain.map(({ response }) => world.golden(response))),
    ...Object.fromEntries(
      names.map((name) => [name, standardised(plain.map(({ response }) => aspects[name]!(response.text)))]),
    ),
  }
  return plain.map((row, i) => ({
    ...row,
    values: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[i]!])),
  }))
}

/** What a prompt wants, whoever judges. */
const ownAspect = ({ id }: LoopPrompt): string => names[Math.floor(lot(Number(id)) * names.length)]!

/** One to three criteria, each with the given probability the one that the prompt wants; else any other. */
function generate(prompt: LoopPrompt, quality: number, seed: number): Rubric[] {
  const place = Number(prompt.id)
  const count = 1 + Math.floor(lot(place, seed, 7) * 3)
  const own = ownAspect(prompt)
  const others = names.filter((name) => name !== own)
  const drawn = Array.from({ length: count }, (_, i) =>
    lot(place, seed, 11 + i) < quality ? own : others[Math.floor(lot(place, seed, 17 + i) * others.length)]!,
  )
  return [...new Set(drawn)].map((name) =>
    generatedRubric(name, `How much there is of: ${name.toLowerCase()}.`),
  )
}

const truth = ({ prompt, values }: Row): number =>
  values[primaryRubric.name]! + ownWeight * values[ownAspect(prompt)]!

/** How often a simulated judge agrees with what people want, which is warmth and something of the prompt's own. */
export async function simulatedJudge(
  context: Context,
  { arm, quality, seed }: { readonly arm: RubricArm; readonly quality: number; readonly seed: number },
): Promise<SimulatedOutcome> {
  const rows = await rowsOf(context)
  const n = context.world.size.comparisons.responses
  const count = context.world.size.rubrics.simulatedPairs
  const scoreOf = (row: Row, place: number): number => {
    const rubrics = shownRubrics(arm, generate(row.prompt, quality, seed))
    const seen = rubrics.map(({ name }, i) => row.values[name]! + judgeNoise * normal(place, seed, 23 + i))
    return seen.reduce((sum, each) => sum + each, 0) / seen.length
  }
  const pairs = Array.from({ length: count }, (_, i) => {
    const first = Math.floor(lot(i, seed, 31) * (rows.length / n)) * n + Math.floor(lot(i, seed, 37) * n)
    const start = Math.floor(first / n) * n
    const second = start + ((first - start + 1 + Math.floor(lot(i, seed, 41) * (n - 1))) % n)
    return [first, second] as const
  }).filter(([first, second]) => truth(rows[first]!) !== truth(rows[second]!))
  const right = pairs.filter(([first, second]) => {
    const wanted = truth(rows[first]!) - truth(rows[second]!)
    return wanted * (scoreOf(rows[first]!, first) - scoreOf(rows[second]!, second)) > 0
  })
  return { accuracy: right.length / pairs.length }
}

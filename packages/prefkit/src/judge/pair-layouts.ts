import type { DataPlace, TextOrChat } from '@prefkit/datasets'
import { z } from 'zod'

const text = z.union([z.string(), z.array(z.looseObject({ role: z.string(), content: z.string() }))])
const shared = {
  id: z.union([z.string(), z.number()]).optional(),
  prompt: text.default(''),
  reference: z.string().optional(),
  source: z.string().optional(),
}

/** Two responses that nobody has compared yet. */
export interface UnlabelledPair {
  readonly id: string
  readonly prompt: TextOrChat
  readonly a: TextOrChat
  readonly b: TextOrChat
  readonly reference?: string | undefined
  readonly source?: string | undefined
}

const rows = {
  pair: z.looseObject({ ...shared, a: text, b: text }),
  responses: z.looseObject({ ...shared, responses: z.array(text).min(2) }),
}

/** Fields that say which response is better: rows with one of these are comparisons, not pairs to compare. */
const verdicts = ['chosen', 'rejected', 'label', 'preference', 'scores', 'verdict', 'winner', 'correct']

const isRow = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a row holds responses that nobody has compared: `{prompt, a, b}` or `{prompt, responses}`. */
export const isUnlabelled = (value: unknown): boolean =>
  isRow(value) &&
  !verdicts.some((name) => Object.hasOwn(value, name)) &&
  Object.values(rows).some((schema) => schema.safeParse(value).success)

const nameOf = (id: string | number | undefined, { file, line, row }: DataPlace): string =>
  id === undefined ? `${file}:${line ?? row}` : `${id}`

/**
 * The pairs of a row: its two responses, or each two of its responses.
 * @returns `undefined` for a row of another layout.
 */
export function pairsOfRow(value: unknown, place: DataPlace): UnlabelledPair[] | undefined {
  const pair = rows.pair.safeParse(value)
  if (pair.success) {
    const { id, prompt, a, b, reference, source } = pair.data
    return [{ id: nameOf(id, place), prompt, a, b, reference, source }]
  }
  const list = rows.responses.safeParse(value)
  if (!list.success) return undefined
  const { id, prompt, responses, reference, source } = list.data
  return responses.flatMap((a, i) =>
    responses.slice(i + 1).map((b, j) => {
      const name = `${nameOf(id, place)}#${i + 1}-${i + j + 2}`
      return { id: name, prompt, a, b, reference, source }
    }),
  )
}

import { basename } from 'node:path'
import type { DataPlace, TextOrChat } from '@prefkit/datasets'
import { z } from 'zod'

const text = z.union([z.string(), z.array(z.looseObject({ role: z.string(), content: z.string() }))])
const shared = {
  id: z.union([z.string(), z.number()]).optional(),
  prompt: text.default(''),
  reference: z.string().optional(),
  source: z.string().optional(),
}

/** Two responses to compare. */
export interface LaidOutPair {
  readonly id: string
  readonly prompt: TextOrChat
  readonly a: TextOrChat
  readonly b: TextOrChat
  readonly reference?: string | undefined
  readonly source?: string | undefined
  /** Which is better, where somebody has compared them. */
  readonly label?: 'a' | 'b' | 'tie' | undefined
}

const rows = {
  pair: z.looseObject({ ...shared, a: text, b: text, label: z.enum(['a', 'b', 'tie']).optional() }),
  responses: z.looseObject({ ...shared, responses: z.array(text).min(2) }),
}

/** Fields that say which response is better otherwise than these layouts do: rows with one of these are comparisons. */
const foreign = ['chosen', 'rejected', 'preference', 'winner', 'correct']

const isRow = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const hasTexts = (value: Record<string, unknown>): boolean =>
  [value.a, value.b].every((side) => text.safeParse(side).success) ||
  (!('label' in value || 'verdict' in value) &&
    rows.responses.shape.responses.safeParse(value.responses).success)

/**
 * Whether a row is `{prompt, a, b}`, with a label or without, or `{prompt, responses}`. What judges say of such rows, as
 * `judgements.jsonl` has it, may stand beside.
 */
export const isPairRow = (value: unknown): boolean =>
  isRow(value) && !foreign.some((name) => Object.hasOwn(value, name)) && hasTexts(value)

/** A name for a row: its own, or its place, without folders so that it stays where they are moved. */
export const rowName = (id: unknown, { file, line, row }: DataPlace): string =>
  typeof id === 'string' || typeof id === 'number' ? `${id}` : `${basename(file ?? '')}:${line ?? row}`

/**
 * The pairs of a row: its two responses, or each two of its responses.
 * @returns `undefined` for a row of another layout.
 */
export function pairsOfRow(value: unknown, place: DataPlace): LaidOutPair[] | undefined {
  const pair = rows.pair.safeParse(value)
  if (pair.success) {
    const { id, prompt, a, b, reference, source, label } = pair.data
    return [{ id: rowName(id, place), prompt, a, b, reference, source, label }]
  }
  const list = rows.responses.safeParse(value)
  if (!list.success) return undefined
  const { id, prompt, responses, reference, source } = list.data
  return responses.flatMap((a, i) =>
    responses.slice(i + 1).map((b, j) => {
      const name = `${rowName(id, place)}#${i + 1}-${i + j + 2}`
      return { id: name, prompt, a, b, reference, source }
    }),
  )
}

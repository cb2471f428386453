import type { TextOrChat } from '@prefkit/datasets'
import { z } from 'zod'
import { PrefkitError } from '../prefkit-error'

const text = z.union([z.string(), z.array(z.looseObject({ role: z.string(), content: z.string() }))])

type Row = Readonly<Record<string, unknown>>

/** A row that holds responses to a prompt. */
export interface ResponseRow {
  readonly row: Row
  readonly prompt: TextOrChat
  readonly responses: readonly TextOrChat[]
  /**
   * The fields that say a value of each response: `reward`, `rewards`, or `chosen_reward` and `rejected_reward` where the value
   * is called so.
   */
  readonly values: <Value>(name: string, values: readonly Value[]) => Readonly<Record<string, unknown>>
}

/** The layouts of a row: what it holds, its responses, and the fields that say a value of each. */
const layouts = [
  {
    schema: z.looseObject({ prompt: text.default(''), response: text }),
    responses: (row: Row) => [row.response as TextOrChat],
    values: (name: string, [value]: readonly unknown[]) => ({ [name]: value }),
  },
  {
    schema: z.looseObject({ prompt: text.default(''), responses: z.array(text) }),
    responses: (row: Row) => row.responses as TextOrChat[],
    values: (name: string, values: readonly unknown[]) => ({ [`${name}s`]: values }),
  },
  {
    schema: z.looseObject({ prompt: text.default(''), chosen: text, rejected: text }),
    responses: (row: Row) => [row.chosen, row.rejected] as TextOrChat[],
    values: (name: string, [chosen, rejected]: readonly unknown[]) => ({
      [`chosen_${name}`]: chosen,
      [`rejected_${name}`]: rejected,
    }),
  },
] as const

/** A row of the first layout that fits, or `undefined`. */
export function parseResponses(value: unknown): ResponseRow | undefined {
  for (const { schema, responses, values } of layouts) {
    const parsed = schema.safeParse(value)
    if (!parsed.success) continue
    const row: Row = parsed.data
    return { row: value as Row, prompt: row.prompt as TextOrChat, responses: responses(row), values }
  }
  return undefined
}

/** The error of a row that no layout fits, with what it holds instead. */
export function badResponses(value: unknown, place: string): PrefkitError {
  const expected =
    'expected text fields prompt and response, or prompt and a list responses, or prompt, chosen and rejected'
  return new PrefkitError('BAD_ROW', `${place}: ${expected}; got ${describe(value)}`)
}

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? `the fields ${
        Object.entries(value)
          .map(([name, field]) => `${name} (${kindOf(field)})`)
          .join(', ') || 'of an empty object'
      }`
    : kindOf(value)

const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value

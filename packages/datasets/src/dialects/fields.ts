import { z } from 'zod'
import type { ChatMessage, TextOrChat } from '../chat-message'
import { DatasetError } from '../dataset-error'
import type { Row } from './dialect'

/** Text parts, as multimodal chats write them, joined; other kinds of part are refused. */
const textParts = z
  .array(z.object({ type: z.literal('text', 'only text parts can be read'), text: z.string() }))
  .transform((parts) => parts.map(({ text }) => text).join(''))

/** A message that calls tools is refused, as its text alone would say something else. */
const message = z
  .object({
    role: z.string().min(1),
    content: z.union([z.string(), textParts]),
    tool_calls: z.array(z.unknown()).max(0, 'messages with tool calls cannot be read').nullish(),
  })
  .transform(({ role, content }): ChatMessage => ({ role, content }))

/** A list of chat messages; only `role` and `content` are kept. */
export const chat = z.array(message)

/** Text, or a list of chat messages. */
export const textOrChat = z.union([z.string(), chat])

/** A bigint, as which long integers are read, as the number next to it; all else as it is. */
const asNumber = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

/** A finite number; of a long integer the nearest. */
export const finiteNumber: z.ZodType<number> = z.preprocess(asNumber, z.number())

/** A value that may be absent or null, read as absent. */
export function optional<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.nullish().transform((value) => value ?? undefined)
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** What a value is, in a few words for a message, whatever it is. */
export const described = (value: unknown): string => {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'string') return `the text ${JSON.stringify(shortened(value))}`
  return typeof value === 'object' ? 'an object' : `${typeof value} ${shortened(String(value))}`
}

const fieldPath = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`)).join('')

const valueAt = (row: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], row)

/** The deepest issue of a union's branches is the one that says what is wrong. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue
  const nested = issue.errors
    .flat()
    .map((inner) => deepest({ ...inner, path: [...issue.path, ...inner.path] }))
  return nested.reduce((best, inner) => (inner.path.length > best.path.length ? inner : best), issue)
}

const unionDetail = 'expected text or a list of {role, content} messages'

/**
 * The row as `schema` says it should be. Throws DatasetError FIELD_MISSING, FIELD_TYPE or FIELD_VALUE that names
 * the first field at fault, what was expected and what is there.
 */
export function parseFields<T>(schema: z.ZodType<T>, row: Row): T {
  const result = schema.safeParse(row)
  if (result.success) return result.data
  const issue = deepest(result.error.issues[0]!)
  const field = fieldPath(issue.path)
  const value = valueAt(row, issue.path)
  const number = asNumber(value)
  if (value === undefined) throw new DatasetError('FIELD_MISSING', 'is missing', { field })
  if (typeof number === 'number' && !Number.isFinite(number))
    throw new DatasetError('FIELD_VALUE', `expected a finite number, is ${number}`, { field })
  const code = issue.code === 'invalid_type' || issue.code === 'invalid_union' ? 'FIELD_TYPE' : 'FIELD_VALUE'
  const expected =
    issue.code === 'invalid_union'
      ? unionDetail
      : issue.code === 'invalid_type'
        ? `expected ${issue.expected}`
        : issue.message
  throw new DatasetError(code, `${expected}, is ${described(value)}`, { field })
}

/** True for a list that looks like chat messages, judged by its first. */
export function looksLikeChat(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false
  const first: unknown = value[0]
  return typeof first === 'object' && first !== null && 'role' in first
}

/** True for a non-empty list of strings, judged by its first. */
export function looksLikeTexts(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'string'
}

/** One assistant message is as good as its text; several turns stay a list. */
export function simplifyResponse(messages: readonly ChatMessage[]): TextOrChat {
  const [first] = messages
  return messages.length === 1 && first?.role === 'assistant' ? first.content : messages
}

/**
 * A schema of the named fields, built once for each set of names: schemas are dear to build, and rows are many.
 */
export function fieldSchemas<T>(
  kind: z.ZodType<T>,
): (...names: readonly string[]) => z.ZodType<Record<string, T>> {
  const built = new Map<string, z.ZodType<Record<string, T>>>()
  return (...names) => {
    const key = names.join('\n')
    const schema = built.get(key) ?? z.object(Object.fromEntries(names.map((name) => [name, kind])))
    built.set(key, schema)
    return schema
  }
}

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { z } from 'zod'
import { ExampleError } from './example-error.ts'

const rowSchema = z.object({
  prompt: z.string(),
  responses: z
    .array(z.object({ model: z.string().min(1), response: z.string(), golden: z.number().min(0).max(1) }))
    .min(2),
})

/** A prompt with its rated responses. */
export type TableRow = z.infer<typeof rowSchema>

/** A table of golden rewards. */
export interface GoldenTable {
  readonly rows: readonly TableRow[]
  /** Hash of the file's bytes. */
  readonly sha256: string
}

/**
 * Reads JSON lines, plain or gzip: `{prompt, responses: [{model, response, golden}]}`, golden in [0, 1].
 * @throws ExampleError `BAD_TABLE` naming file, line and field.
 */
export async function readTable(path: string): Promise<GoldenTable> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new ExampleError('BAD_TABLE', `${path}: cannot be read: ${cause.message}`, { cause })
  })
  const text = await decode(path, bytes)
  const rows = text
    .split('\n')
    .flatMap((line, at) => (line.trim() === '' ? [] : [parseRow(line, `${path}:${at + 1}`)]))
  if (rows.length === 0)
    throw new ExampleError('BAD_TABLE', `${path}: expected a row a line, the file is empty`)
  return { rows, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function decode(path: string, bytes: Buffer): Promise<string> {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  const plain = zipped
    ? await promisify(gunzip)(bytes).catch((cause: Error) => {
        throw new ExampleError('BAD_TABLE', `${path}: the gzip file is damaged: ${cause.message}`, { cause })
      })
    : bytes
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch (cause) {
    throw new ExampleError('BAD_TABLE', `${path}: expected UTF-8 text`, { cause })
  }
}

function parseRow(line: string, place: string): TableRow {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw new ExampleError('BAD_TABLE', `${place}: no valid JSON: ${(cause as Error).message}`, { cause })
  }
  const parsed = rowSchema.safeParse(value)
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues as [z.core.$ZodIssue]
    const field = path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
      .join('')
      .replace(/^\./, '')
    throw new ExampleError('BAD_TABLE', `${place}: ${field === '' ? '' : `field "${field}": `}${message}`)
  }
  const { responses } = parsed.data
  const twice = responses.find(({ model }, i) => responses.findIndex((one) => one.model === model) !== i)
  if (!twice) return parsed.data
  throw new ExampleError('BAD_TABLE', `${place}: field "responses": model ${twice.model} is there twice`)
}

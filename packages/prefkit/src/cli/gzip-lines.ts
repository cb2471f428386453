import { pipeline } from 'node:stream'
import { createGzip } from 'node:zlib'

/** Rows as JSON Lines. */
export async function* asLines(rows: Iterable<object> | AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

/**
 * Lines, compressed. Asks for no line before it is read itself: the file that rows come from may turn out not to open. An
 * error of the lines reaches the reader through the stream, which is destroyed with it.
 */
async function* gzipped(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  yield* pipeline(lines, createGzip(), () => {})
}

/** Rows as the content of a file of this name: JSON Lines, compressed when it ends in .gz. */
export const fileContent = (
  path: string,
  rows: Iterable<object> | AsyncIterable<object>,
): AsyncIterable<string | Uint8Array> => (path.endsWith('.gz') ? gzipped(asLines(rows)) : asLines(rows))

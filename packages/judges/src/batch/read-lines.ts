import { createReadStream } from 'node:fs'

/** One line of a file. */
export interface LocatedLine {
  readonly text: string
  /** Bytes before it in the file. */
  readonly offset: number
  /** From 1. */
  readonly number: number
}

/** The whole lines of a file; what comes after the last line's end is no line. */
export async function* readLines(path: string): AsyncGenerator<LocatedLine> {
  let rest: Buffer = Buffer.alloc(0)
  let offset = 0
  let number = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
      number += 1
      yield { text: rest.toString('utf8', start, end), offset: offset + start, number }
      start = end + 1
    }
    rest = rest.subarray(start)
    offset += start
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BenchCase } from './cases.ts'
import { type CaseData, type NamedArrays, withArrays } from './data.ts'
import type { Work } from './work.ts'

/** What a peer is asked to prepare. */
export type PeerRequest = BenchCase & {
  /** Where the arrays are, one file `<name>.f32` each. */
  readonly folder: string
  readonly threads: number
}

const readFloats = (file: string): Float32Array<ArrayBuffer> => {
  const bytes = readFileSync(file)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

function readData(request: PeerRequest): CaseData {
  const arrays = readdirSync(request.folder).map((file) => [
    basename(file, '.f32'),
    readFloats(join(request.folder, file)),
  ])
  return withArrays(request, Object.fromEntries(arrays) as NamedArrays)
}

/**
 * Answers from stdin, one JSON object a line: first a request, then how many steps to take. The work's values and their
 * time are the answer.
 */
export async function serveSteps<Request>(prepare: (request: Request) => Promise<Work>): Promise<void> {
  const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
  let work: Work | undefined
  for await (const line of createInterface({ input: process.stdin })) {
    if (!work) {
      work = await prepare(JSON.parse(line))
      answer({ description: work.description })
      continue
    }
    const { steps } = JSON.parse(line) as { steps: number }
    const start = performance.now()
    const values = await work.run(steps)
    answer({ values, seconds: (performance.now() - start) / 1000 })
  }
}

/** Answers requests whose arrays are in files. */
export const servePeer = (prepare: (data: CaseData, threads: number) => Promise<Work>): Promise<void> =>
  serveSteps((request: PeerRequest) => prepare(readData(request), request.threads))

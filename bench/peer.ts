import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TrainingCase } from './cases.ts'

/** What a peer is asked to prepare. */
export interface PeerRequest extends TrainingCase {
  /** Where the weights and rows are. */
  readonly folder: string
  readonly threads: number
}

/** A prepared training loop. */
export interface Training {
  /** Library, version and threads it really uses. */
  readonly description: string
  /** Takes steps to their end, new weights included, and returns the loss before each. */
  steps(count: number): Promise<number[]>
}

/** Weight `[inputs, outputs]` and bias `[outputs]` of each layer. */
export interface LayerData {
  readonly inputs: number
  readonly outputs: number
  readonly weight: Float32Array
  readonly bias: Float32Array
}

const readFloats = (file: string): Float32Array => {
  const bytes = readFileSync(file)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
}

/** Reads the weights layer by layer. */
export function readLayers({ folder, widths }: PeerRequest): LayerData[] {
  const all = readFloats(join(folder, 'weights.f32'))
  let at = 0
  const take = (length: number) => {
    at += length
    return all.slice(at - length, at)
  }
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i]!
    return { inputs, outputs, weight: take(inputs * outputs), bias: take(outputs) }
  })
}

/** Reads the rows, `[2 · pairs, inputs]`. */
export const readRows = ({ folder }: PeerRequest): Float32Array => readFloats(join(folder, 'rows.f32'))

/** Takes steps one by one. */
export const oneByOne =
  (step: () => Promise<number>) =>
  async (count: number): Promise<number[]> => {
    const losses: number[] = []
    while (losses.length < count) losses.push(await step())
    return losses
  }

/** Answers requests from stdin, one JSON object a line: first the request, then how many steps to take. */
export async function servePeer(prepare: (request: PeerRequest) => Promise<Training>): Promise<void> {
  const answer = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
  let training: Training | undefined
  for await (const line of createInterface({ input: process.stdin })) {
    if (!training) {
      training = await prepare(JSON.parse(line) as PeerRequest)
      answer({ description: training.description })
      continue
    }
    const { steps } = JSON.parse(line) as { steps: number }
    const start = performance.now()
    const losses = await training.steps(steps)
    answer({ losses, seconds: (performance.now() - start) / 1000 })
  }
}

import type { BenchCase } from './cases.ts'
import type { CaseData, DataOf } from './data.ts'

/** What was prepared to be timed. */
export interface Work {
  /** Library, version and threads it really uses. */
  readonly description: string
  /**
   * Takes steps to their end. Training gives the loss before each step, new weights included in the time; products
   * give the first four numbers of the last one; of what trainers compute it is {@link probe} of the last step.
   */
  run(count: number): Promise<number[]>
}

/** A library that does the same things as the others: how it prepares each kind of case that it has. */
export type Library = {
  readonly [Kind in BenchCase['kind']]?: (data: DataOf<Kind>) => Promise<Work>
}

export function prepareWork(library: Library, data: CaseData): Promise<Work> {
  const prepare = library[data.kind] as ((data: CaseData) => Promise<Work>) | undefined
  if (!prepare) throw new Error(`${data.name}: this library does not do what is measured, ${data.kind}`)
  return prepare(data)
}

/** Takes steps one by one. */
export const oneByOne =
  (step: () => Promise<number>) =>
  async (count: number): Promise<number[]> => {
    const losses: number[] = []
    while (losses.length < count) losses.push(await step())
    return losses
  }

/** Repeats what gives the same each time. */
export const again =
  (step: () => number[] | Promise<number[]>) =>
  async (count: number): Promise<number[]> => {
    let values: number[] = []
    for (let i = 0; i < count; i++) values = await step()
    return values
  }

/** The numbers of a `[responses, tokens]` matrix that are compared: those of these tokens of each response. */
export const probe = (
  {
    data,
    shape: [rows, columns],
  }: { readonly data: Float32Array; readonly shape: readonly [number, number] },
  ...tokens: readonly number[]
): number[] =>
  Array.from({ length: rows }, (_, row) => tokens.map((token) => data[row * columns + token]!)).flat()

/** Products before something is read: a device's queue, and the results waiting in it, stay bounded. */
const longestChain = 64

/** Takes products in chains, each from the start. */
export const inChains =
  (chain: (length: number) => Promise<number[]>) =>
  async (count: number): Promise<number[]> => {
    let values: number[] = []
    for (let left = count; left > 0; left -= longestChain) values = await chain(Math.min(left, longestChain))
    return values
  }

import type { CaseData, MatmulData, TrainingData } from './data.ts'

/** What was prepared to be timed. */
export interface Work {
  /** Library, version and threads it really uses. */
  readonly description: string
  /**
   * Takes steps to their end. Training gives the loss before each step, new weights included in the time; products
   * give the first four numbers of the last one.
   */
  run(count: number): Promise<number[]>
}

/** A library that does the same things as the others. */
export interface Library {
  train(data: TrainingData): Promise<Work>
  multiply(data: MatmulData): Promise<Work>
}

export const prepareWork = (library: Library, data: CaseData): Promise<Work> =>
  data.kind === 'training' ? library.train(data) : library.multiply(data)

/** Takes steps one by one. */
export const oneByOne =
  (step: () => Promise<number>) =>
  async (count: number): Promise<number[]> => {
    const losses: number[] = []
    while (losses.length < count) losses.push(await step())
    return losses
  }

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

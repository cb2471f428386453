/** What both train on: the generator of rows, and how many. */
export interface TreesCase {
  readonly name: 'embeddings' | 'higgs'
  readonly rows: number
  readonly columns: number
  /** Rows that nobody trains on, on which scores are compared. */
  readonly heldOut: number
  readonly iterations: number
}

/** The size of the embeddings in 2411.04991, and a table that is long and narrow. */
export const treesCases: readonly TreesCase[] = [
  { name: 'embeddings', rows: 80_000, columns: 2048, heldOut: 10_000, iterations: 100 },
  { name: 'higgs', rows: 1_000_000, columns: 28, heldOut: 100_000, iterations: 100 },
]

/** The same, to see that all of it works. */
export const smallCases: readonly TreesCase[] = [
  { name: 'embeddings', rows: 4000, columns: 256, heldOut: 1000, iterations: 20 },
  { name: 'higgs', rows: 20_000, columns: 28, heldOut: 4000, iterations: 20 },
]

/** Both get these, and LightGBM's defaults for the rest. */
export const parameters = { objective: 'binary' } as const

/** Features `[rows, columns]` and labels `[rows]`, in files of NumPy, of f32. */
export interface DataFiles {
  readonly features: string
  readonly label: string
}

/** What a peer is asked to do again and again. */
export type TreesRequest = TrainRequest | PredictRequest

export interface TrainRequest {
  readonly task: 'train'
  readonly threads: number
  readonly data: DataFiles
  readonly parameters: typeof parameters
  readonly iterations: number
  /** Where the model's text is written after each training, outside of what is timed. */
  readonly model: string
}

export interface PredictRequest {
  readonly task: 'predict'
  readonly threads: number
  readonly data: DataFiles
  /** A model's text. */
  readonly model: string
  /** Where the probabilities are written, as f64, outside of what is timed. */
  readonly predictions: string
}

import type { Matrix } from '../matrix'

/** What to do while texts are embedded. */
export interface EmbedOptions {
  /** Stops the work between two batches; the promise then rejects with the signal's reason. */
  signal?: AbortSignal
  /** Called with how many texts are done so far, of how many this call embeds. */
  onProgress?: (done: number, total: number) => void
}

/** Turns texts into vectors of one length. */
export interface Embedder {
  /**
   * Names the vectors: equal ids give equal vectors for equal texts. Everything that changes them is in it (model,
   * options, version), so it serves as the key of caches and is written into saved models.
   */
  readonly id: string
  /** One row a text, in the order of the texts. All rows are finite. */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Matrix>
}

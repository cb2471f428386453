import type { Matrix } from '../matrix'

/** An attempt that failed in passing and will be repeated. */
export interface EmbedRetry {
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number
  /** Most attempts that are made. */
  readonly attempts: number
  /** What went wrong, as the error says it when the last attempt fails too. Holds no key. */
  readonly reason: string
  /** Seconds until the next attempt. */
  readonly delaySeconds: number
}

/** What to do while texts are embedded. */
export interface EmbedOptions {
  /** Stops the work between two batches; the promise then rejects with the signal's reason. */
  signal?: AbortSignal
  /** Called with how many texts are done so far, of how many this call embeds: before the first and after each batch. */
  onProgress?: (done: number, total: number) => void
  /** Called whenever a server does not answer as it should and is asked again, before the wait. */
  onRetry?: (retry: EmbedRetry) => void
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

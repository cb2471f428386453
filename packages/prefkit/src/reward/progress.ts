/** Part of a long piece of work that progress is told of. */
export type Phase = 'read' | 'embed' | 'train' | 'cross-validate' | 'score'

/** How far a phase is: `done` of `total` units (`total` is undefined where nobody knows), and a few words to show. */
export interface ProgressEvent {
  readonly phase: Phase
  readonly done: number
  readonly total?: number
  readonly note?: string
}

/** How long work is watched and stopped. */
export interface WorkOptions {
  /** Called as the work goes on. */
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined
  /** Stops the work at the next step; it then throws `INTERRUPTED`, and what was saved stays. */
  readonly signal?: AbortSignal | undefined
}

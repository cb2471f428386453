import type { EmbedOptions, EmbedRetry } from '@prefkit/reward-models/embedders'

/** Part of a long piece of work that progress is told of. */
export type Phase =
  | 'read'
  | 'embed'
  | 'train'
  | 'cross-validate'
  | 'score'
  | 'label'
  | 'plan'
  | 'estimate'
  | 'judge'
  | 'load'
  | 'generate'
  | 'logprobs'
  | 'fine-tune'
  | 'stage'

/** How far a phase is: `done` of `total` units (`total` is undefined where nobody knows), and a few words to show. */
export interface ProgressEvent {
  readonly phase: Phase
  /** What it is called, if not as the phase is: the name of a stage. */
  readonly label?: string
  readonly done: number
  readonly total?: number
  readonly note?: string
  /** True when a long wait may follow, such as before a retry: to be shown at once. */
  readonly isUrgent?: boolean
}

/** How long work is watched and stopped. */
export interface WorkOptions {
  /** Called as the work goes on. */
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined
  /** Stops the work at the next step; it then throws `INTERRUPTED`, and what was saved stays. */
  readonly signal?: AbortSignal | undefined
}

/** How far work is, with the retry that it waits for. */
export const retryEvent = (
  event: ProgressEvent,
  { attempt, attempts, reason, delaySeconds }: EmbedRetry,
): ProgressEvent => ({
  ...event,
  note: `attempt ${attempt} of ${attempts}: ${reason}; again in ${delaySeconds.toFixed(1)} s`,
  isUrgent: true,
})

/** How embedding is watched and stopped as a part of other work: how far it is, what a server is asked for again. */
export function watchEmbedding({ onProgress, signal }: WorkOptions): EmbedOptions {
  let last: ProgressEvent = { phase: 'embed', done: 0 }
  const tell = (event: ProgressEvent): void => {
    last = event
    onProgress?.(event)
  }
  return {
    ...(signal && { signal }),
    onProgress: (done, total) => tell({ phase: 'embed', done, total }),
    onRetry: (retry) => tell(retryEvent(last, retry)),
  }
}

import type { AdaptiveLimit, AnswerCache, CachedOptions } from '@prefkit/judges'

/** What the judges of a run share while they work. */
export interface JudgeSurroundings {
  /** Answers that are kept. */
  readonly cache?: AnswerCache | undefined
  /** What those are said to have used. Default: nothing. */
  readonly keptUsage?: CachedOptions['usage']
  /** One limit for all that ask the same server. */
  readonly limit: AdaptiveLimit
  /** Folder of the embeddings of reward models. */
  readonly embeddings: string
  /** Is told what a judge does otherwise than asked for, and what its server can. */
  readonly onNotice: (notice: string) => void
  /** Takes what is to be done once the judges have no more to do. */
  readonly onClose: (close: () => void | Promise<void>) => void
  readonly signal?: AbortSignal | undefined
}

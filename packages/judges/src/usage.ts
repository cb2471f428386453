/** What calls to a model used; sums of usages are usages. */
export interface Usage {
  /** Requests that the model answered. */
  readonly calls: number
  /** Requests that a cache answered; they cost nothing. */
  readonly cachedCalls: number
  readonly promptTokens: number
  readonly completionTokens: number
  /** In the currency of the prices given; absent where no prices were. */
  readonly cost?: number
}

/**
 * What one step of a stage came to: a line of `metrics.jsonl`, under TRL's names. Times are not in it, as a run that was killed and
 * resumed has the same records as one that was not.
 */
export type StepRecord = { readonly stage: string; readonly step: number } & Readonly<
  Record<string, number | string>
>

/** Numbers of a step by their names; what could not be computed is left out. */
export type StepMetrics = Readonly<Record<string, number>>

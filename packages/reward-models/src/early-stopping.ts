/** When to stop before the last epoch, from the validation losses so far (the latest last). */
export type StoppingRule = 'noImprovement' | 'worseThanEach'

const rules: Readonly<Record<StoppingRule, (losses: readonly number[], patience: number) => boolean>> = {
  // The best of the last `patience` epochs is no better than what came before them.
  noImprovement: (losses, patience) =>
    losses.length > patience &&
    Math.min(...losses.slice(-patience)) >= Math.min(...losses.slice(0, -patience)),
  // The rule of 2411.04991: the latest loss is worse than each of the `patience` before it.
  worseThanEach: (losses, patience) =>
    losses.length > patience && losses.slice(-patience - 1, -1).every((loss) => loss < losses.at(-1)!),
}

/** True when training should stop. A patience of 0 never stops. */
export const shouldStop = (rule: StoppingRule, losses: readonly number[], patience: number): boolean =>
  patience > 0 && rules[rule](losses, patience)

/** The names of the rules. */
export const stoppingRules = Object.keys(rules) as StoppingRule[]

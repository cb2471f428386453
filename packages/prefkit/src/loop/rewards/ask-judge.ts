import type { Usage } from '@prefkit/judges'
import { PrefkitError } from '../../prefkit-error'
import type { StepMetrics } from '../step-record'
import { runSome } from './run-some'

/** How judges are asked. */
export interface AskingOptions {
  /** Most judgements at once, 1 or more; a model may let fewer requests through. Default: 16. */
  readonly concurrency?: number | undefined
}

/** What a judge says has a usage. */
interface Judgement {
  readonly usage: Usage
}

/** Judgements in the order of what was asked, with nothing where there is none, and what is logged of the asking. */
export interface Asked<Kind> {
  readonly judgements: readonly (Kind | undefined)[]
  readonly metrics: StepMetrics
}

const isInterruption = (error: unknown): boolean => (error as { code?: unknown })?.code === 'INTERRUPTED'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function usageMetrics(judgements: readonly Judgement[]): StepMetrics {
  const usages = judgements.map(({ usage }) => usage)
  const costs = usages.flatMap(({ cost }) => cost ?? [])
  return {
    calls: sum(usages.map(({ calls }) => calls)),
    prompt_tokens: sum(usages.map(({ promptTokens }) => promptTokens)),
    completion_tokens: sum(usages.map(({ completionTokens }) => completionTokens)),
    ...(costs.length > 0 && { cost: sum(costs) }),
  }
}

/**
 * Asks a judge about each item. A question that fails has no judgement and is counted, `failed` being their share; where all
 * fail, that is the judge's fault and an error. Logs what the others used.
 * @throws PrefkitError `INVALID_CONFIG` for the concurrency; `BAD_REWARD` where none could be judged, with the first reason;
 *   a person's interruption, and the signal's reason.
 */
export async function askJudge<Item, Kind extends Judgement>(
  reward: string,
  items: readonly Item[],
  ask: (item: Item, call: { readonly signal: AbortSignal }) => Promise<Kind>,
  { concurrency = 16, signal }: AskingOptions & { readonly signal?: AbortSignal | undefined },
): Promise<Asked<Kind>> {
  if (!(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
    const message = `${reward}: concurrency: expected a whole number ≥ 1, got ${concurrency}`
    throw new PrefkitError('INVALID_CONFIG', message)
  }
  const failures: unknown[] = []
  async function tried(item: Item, own: AbortSignal): Promise<Kind | undefined> {
    try {
      return await ask(item, { signal: own })
    } catch (error) {
      if (own.aborted || isInterruption(error)) throw error
      failures.push(error)
      return undefined
    }
  }
  const judgements = await runSome(items, concurrency, tried, signal)
  if (items.length > 0 && failures.length === items.length) {
    const [cause] = failures
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `${reward}: none of ${items.length} questions was answered, the first failed with: ${reason}`
    throw new PrefkitError('BAD_REWARD', message, { cause })
  }
  const answered = judgements.filter((judgement) => judgement !== undefined)
  return { judgements, metrics: { failed: failures.length / items.length, ...usageMetrics(answered) } }
}

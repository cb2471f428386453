import { type RunningMoments, updateMoments } from '@prefkit/advantages'
import { completionDatum, type Datum, type DatumOutputs, type PolicyBackend } from '@prefkit/lm'
import { PrefkitError } from '../../prefkit-error'
import type { PairedLoss, PreferenceLoss, UnpairedLoss } from '../choices/preference-losses'
import type { PreferencePair } from '../prompts/preference-pair'
import type { LoopPrompt, LoopResponse } from '../prompts/prompt'
import type { PairDatumInputs, ResponseDatumInputs } from '../updates/preference-update-loss'

/** A pair that may say how much better its chosen response is. */
export interface AlignmentPair extends PreferencePair {
  /** r(chosen) − r(rejected), for losses of reward margins: RPO, REBEL. */
  readonly rewardMargin?: number
  /** Whether the chosen response is the policy's own, and the rejected one its reference's, or the other way round: for XPO. */
  readonly policyChosen?: boolean
}

/** A response that was judged by itself. */
export interface JudgedResponse {
  readonly prompt: LoopPrompt
  readonly response: LoopResponse
  /** Whether it is good. */
  readonly desirable: boolean
}

/** What preferences are learnt from. */
export type PreferenceItem = AlignmentPair | JudgedResponse

type Asked = Pick<PolicyBackend, 'forward'>

const sumOf = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0)

const responseDatum = (prompt: LoopPrompt, { tokens }: LoopResponse, inputs?: object): Datum =>
  completionDatum(prompt.tokens, tokens, inputs && { ...inputs })

const logProbsOf = async (
  policy: Asked,
  data: readonly Datum[],
  reference: boolean,
): Promise<Float32Array[]> => (await policy.forward(data, { reference })).map(({ logProbs }) => logProbs)

/** Of each datum as a text, so that it is known again. */
const keyOf = ({ tokens, completionMask }: Datum): string =>
  `${Array.from(tokens)}: ${Array.from(completionMask).join('')}`

/** The policy, whose reference is asked once of each row: for rows that come again as they are, as it never changes. */
export function keepingReference(policy: Asked): Asked {
  const known = new Map<string, DatumOutputs>()
  return {
    async forward(data, options) {
      if (!options?.reference) return policy.forward(data, options)
      const keys = data.map(keyOf)
      const unknown = new Map(keys.map((key, i) => [key, data[i]!] as const))
      for (const key of keys) if (known.has(key)) unknown.delete(key)
      const told = unknown.size > 0 ? await policy.forward([...unknown.values()], options) : []
      for (const [i, key] of [...unknown.keys()].entries()) known.set(key, told[i]!)
      return keys.map((key) => known.get(key)!)
    },
  }
}

/** What π is measured against where that is π before the step, and not its reference. */
export interface OldPolicy {
  /** log π of each token, of the chosen response of each pair and the rejected one, where the policy has told them when it drew. */
  readonly logProbs?: readonly ArrayLike<number>[] | undefined
}

/**
 * Rows of pairs with what the loss needs beside log π: chosen and rejected in turns; none of no pairs.
 * @param old for losses against π before the step: of responses that were drawn for this step. Of data that were there before, it is
 *   the reference.
 */
export async function pairBatch(
  policy: Asked,
  { against, margins = false }: PairedLoss,
  pairs: readonly AlignmentPair[],
  old?: OldPolicy,
): Promise<Datum[]> {
  if (pairs.length === 0) return []
  const rows = pairs.flatMap(({ prompt, chosen, rejected }) => [
    responseDatum(prompt, chosen),
    responseDatum(prompt, rejected),
  ])
  const base = {
    reference: () => logProbsOf(policy, rows, true),
    old: async () => old?.logProbs ?? logProbsOf(policy, rows, old === undefined),
    nothing: async () => undefined,
  }
  const baseLogProbs = await base[against]()
  return rows.map((row, i): Datum => {
    const { rewardMargin, policyChosen } = pairs[Math.floor(i / 2)]!
    const inputs: PairDatumInputs = {
      ...(baseLogProbs && { baseLogprobs: baseLogProbs[i]! }),
      ...(margins && { rewardMargin: rewardMargin! }),
      ...(policyChosen !== undefined && { policyChosen: Number(policyChosen) }),
    }
    return { ...row, inputs: { ...inputs } }
  })
}

/** Log-ratios of π and π_ref, of whole responses. */
async function logRatiosOf(policy: Asked, data: readonly Datum[]): Promise<number[]> {
  const [own, reference] = [await logProbsOf(policy, data, false), await logProbsOf(policy, data, true)]
  return own.map((row, i) => sumOf(row) - sumOf(reference[i]!))
}

/**
 * Prompts with the nearest response after their own that is to another prompt, as chosen and rejected responses to one prompt stand beside
 * each other; with whatever comes next where all are to one. TRL, whose rows stand apart, takes the response before.
 */
export function mismatched(items: readonly JudgedResponse[]): Pick<JudgedResponse, 'prompt' | 'response'>[] {
  const count = items.length
  const others: JudgedResponse[] = []
  let other: JudgedResponse | undefined
  // Backwards, and twice around, so that what comes after the last item is known when it is come to again.
  for (let i = 2 * count - 1; i >= 0; i--) {
    const [own, next] = [items[i % count]!, items[(i + 1) % count]!]
    if (next.prompt.id !== own.prompt.id) other = next
    others[i % count] = other ?? next
  }
  return items.map(({ prompt }, i) => ({ prompt, response: others[i]!.response }))
}

/** Rows of single responses, and what goes on to the next step. */
export interface ResponseBatch {
  readonly data: readonly Datum[]
  /** Of all rewards so far, these ones included. */
  readonly moments: RunningMoments
}

/**
 * Rows of single responses with what the loss needs beside log π. Where gains begin is found out for the whole batch before it is
 * learnt from, so that parts of it see the same.
 * @param running `before`: of the rewards so far; `counts`: whether those of these responses are added.
 */
export async function responseBatch(
  policy: Asked,
  loss: UnpairedLoss,
  items: readonly JudgedResponse[],
  { before, counts }: { readonly before: RunningMoments; readonly counts: boolean },
): Promise<ResponseBatch> {
  const rows = items.map(({ prompt, response }) => responseDatum(prompt, response))
  const refLogProbs = await logProbsOf(policy, rows, true)
  const points = {
    zero: async () => ({ point: 0, moments: before }),
    divergence: async () => {
      const others = mismatched(items).map(({ prompt, response }) => responseDatum(prompt, response))
      return { point: loss.divergence!(await logRatiosOf(policy, others)), moments: before }
    },
    mean: async () => {
      if (!counts) return { point: before.mean, moments: before }
      const own = await logProbsOf(policy, rows, false)
      const rewards = own.map((row, i) => loss.beta! * (sumOf(row) - sumOf(refLogProbs[i]!)))
      const moments = updateMoments(before, Float64Array.from(rewards))
      return { point: moments.mean, moments }
    },
  }
  const { point, moments } = await points[loss.point]()
  const good = items.filter(({ desirable }) => desirable).length
  const data = rows.map((row, i): Datum => {
    const { desirable } = items[i]!
    const inputs: ResponseDatumInputs = {
      ...{ refLogprobs: refLogProbs[i]!, desirable: Number(desirable), point },
      chosenShare: desirable ? 1 / good : 0,
      rejectedShare: desirable ? 0 : 1 / (items.length - good),
    }
    return { ...row, inputs: { ...inputs } }
  })
  return { data, moments }
}

/** Pairs as two responses each: the chosen one is desirable. */
export const judgedResponses = (items: readonly PreferenceItem[]): JudgedResponse[] =>
  items.flatMap((item) =>
    'desirable' in item
      ? [item]
      : [
          { prompt: item.prompt, response: item.chosen, desirable: true },
          { prompt: item.prompt, response: item.rejected, desirable: false },
        ],
  )

/**
 * Pairs that a loss can learn from.
 * @throws PrefkitError `INVALID_CONFIG` for single responses, soft labels, and pairs that lack margins that are needed, by their place.
 */
export function requirePairs(
  owner: string,
  items: readonly PreferenceItem[],
  { margins = false }: PairedLoss,
): readonly AlignmentPair[] {
  const refuse = (i: number, problem: string): never => {
    throw new PrefkitError('INVALID_CONFIG', `${owner}[${i}]: ${problem}`)
  }
  return items.map((item, i) => {
    if ('desirable' in item) return refuse(i, 'expected a pair, as the loss compares two, got one response')
    if (item.preference !== undefined && item.preference !== 1) {
      const expected = 'expected 1 or none, as these losses have no soft labels: leave it out, or filter'
      return refuse(i, `preference: ${expected}; got ${item.preference}`)
    }
    if (!margins || Number.isFinite(item.rewardMargin)) return item
    return refuse(i, `rewardMargin: expected a number, as the loss fits it, got ${item.rewardMargin}`)
  })
}

/** The losses that are of pairs, for algorithms that draw these. @throws PrefkitError `INVALID_CONFIG` for others. */
export function requirePairedLoss(algorithm: string, loss: PreferenceLoss): PairedLoss {
  if (loss.of === 'pairs') return loss
  const problem = 'loss: expected one of pairs, such as dpoLoss, got one of single responses'
  throw new PrefkitError('INVALID_CONFIG', `${algorithm}: ${problem}`)
}

import type { Comparison } from './comparison'
import { compact } from './dialects/row-facts'
import { hashText } from './hash-text'
import { hasMadeId, noteMadeId } from './made-ids'
import { promptText } from './prompt-text'
import type { RatedResponse } from './rated-response'

/** The comparisons of one prompt's responses, and what gave none. */
export interface PairedResponses {
  readonly comparisons: readonly Comparison[]
  /** Pairs of equal scalar ratings. Two binary labels that agree are no judgement, so no tie. */
  readonly ties: number
  /** Responses that are in no comparison. */
  readonly unpaired: number
}

function compare(better: RatedResponse, worse: RatedResponse): Comparison {
  const comparison: Comparison = compact({
    id: `${better.id}>${worse.id}`,
    prompt: better.prompt,
    chosen: better.response,
    rejected: worse.response,
    margin: better.scale === 'scalar' ? better.rating - worse.rating : undefined,
    source: better.source,
  })
  return hasMadeId(better) || hasMadeId(worse) ? noteMadeId(comparison) : comparison
}

/**
 * Every pair of differently rated responses of one prompt as a comparison: all n(n−1)/2 less the ties. The margin
 * of scalar ratings is their difference; binary labels have none. The caller vouches that the prompt is one.
 */
export function pairResponses(responses: readonly RatedResponse[]): PairedResponses {
  const comparisons: Comparison[] = []
  const paired = new Set<RatedResponse>()
  let ties = 0
  responses.forEach((a, i) => {
    for (const b of responses.slice(i + 1)) {
      if (a.rating === b.rating) {
        if (a.scale === 'scalar') ties++
        continue
      }
      comparisons.push(a.rating > b.rating ? compare(a, b) : compare(b, a))
      paired.add(a).add(b)
    }
  })
  return { comparisons, ties, unpaired: responses.length - paired.size }
}

/** How many responses wait for others of their prompt. */
export interface PairingLimits {
  /** Most responses held in all. */
  readonly held: number
  /** Most responses held of one prompt. */
  readonly perPrompt: number
}

/** What `pairingBuffer` returns: paired groups that are due, and how often a limit split a prompt. */
export interface PairingBuffer {
  /** Takes one response; returns the groups that a limit forces out, oldest first. */
  readonly add: (response: RatedResponse) => readonly PairedResponses[]
  /** The groups still held. */
  readonly rest: () => Iterable<PairedResponses>
  /** Prompts that came back after their group was paired, so that pairs across the two parts are absent. */
  readonly splitPrompts: () => number
}

/**
 * Gathers responses by prompt in bounded memory: rows of one prompt need not stand together, but when `held` is
 * reached the oldest prompt is paired and let go, and a prompt with `perPrompt` responses is paired at once.
 */
export function pairingBuffer({ held, perPrompt }: PairingLimits): PairingBuffer {
  const groups = new Map<string, RatedResponse[]>()
  const released = new Set<number>()
  const split = new Set<number>()
  let count = 0

  const release = (key: string, group: readonly RatedResponse[]): PairedResponses => {
    groups.delete(key)
    released.add(hashText(key))
    count -= group.length
    return pairResponses(group)
  }

  const add = (response: RatedResponse): readonly PairedResponses[] => {
    const key = promptText(response)
    const group = groups.get(key) ?? []
    if (group.length === 0 && released.has(hashText(key))) split.add(hashText(key))
    group.push(response)
    groups.set(key, group)
    count++
    const due = group.length >= perPrompt ? [release(key, group)] : []
    while (count > held) {
      const [oldestKey, oldest] = groups.entries().next().value!
      due.push(release(oldestKey, oldest))
    }
    return due
  }

  function* rest(): Iterable<PairedResponses> {
    for (const [key, group] of groups) yield release(key, group)
  }

  return { add, rest, splitPrompts: () => split.size }
}

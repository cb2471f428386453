import type { Conversation, PairItem } from '@prefkit/rubrics'
import type { CallOptions } from '../chat-model'
import { checkPair } from '../check-arguments'
import { checkFunction, checkInteger, checkOptions, formatValue, type OptionNames } from '../check-options'
import type { Judge, Reading } from '../judge'
import { JudgeError } from '../judge-error'
import { noUsage } from '../usage'
import { checkName } from './check-name'
import { asWinOfA, type First } from './combine-orders'
import { concludeReadings } from './conclude-readings'
import { ordersOf, showPair } from './show-pair'

/** What a person is shown: the responses without names, in the order of the draw. */
export interface HumanQuestion {
  readonly prompt: Conversation
  readonly first: string
  readonly second: string
  /** A response known to be good, where the pair has one. */
  readonly reference?: string
  /** The rule to judge by, where the pair has one. */
  readonly rule?: string
}

/** What a person says: which is better, neither, no opinion on this pair, or no more pairs. */
export type HumanAnswer = 'first' | 'second' | 'tie' | 'skip' | 'quit'

/** Asks a person. */
export type AskHuman = (question: HumanQuestion, options?: CallOptions) => Promise<HumanAnswer>

/** Options of {@link humanJudge}. */
export interface HumanJudgeOptions {
  /** Asks one question and waits for its answer, such as the `ask` of `terminalAsker`. */
  readonly ask: AskHuman
  /** Names the judge in reports, such as by the person's initials, and tells it from other persons. */
  readonly name: string
  /** Seed of the order in which each pair is shown; an integer of at least 0. Default: 0. */
  readonly seed?: number
}

const names: OptionNames<HumanJudgeOptions> = { ask: true, name: true, seed: true }

const winOfFirst: Readonly<Record<'first' | 'second' | 'tie', number>> = { first: 1, second: 0, tie: 0.5 }

function readAnswer(first: First, answer: HumanAnswer): Reading {
  const base = { first, provenance: 'human' as const }
  if (answer === 'skip') return { ...base, reason: 'skipped' }
  if (answer === 'quit') throw new JudgeError('INTERRUPTED', 'ask', 'the person ended the questions')
  if (Object.hasOwn(winOfFirst, answer))
    return { ...base, winProbability: asWinOfA(first, winOfFirst[answer]) }
  const message = `ask gave ${formatValue(answer)}; expected first, second, tie, skip or quit`
  throw new JudgeError('INVALID_INPUT', 'ask', message)
}

/** Nobody is asked about one text twice over. */
const alike: Reading = { provenance: 'human', winProbability: 0.5, reason: 'both responses are the same' }

function questionOf({ a, b, ...shown }: PairItem): HumanQuestion {
  return { ...shown, first: a, second: b }
}

/**
 * A judge that is a person. Each pair is shown once, in an order drawn by the seed from the texts, so that the person
 * cannot learn which side is whose; a skipped pair is `abstained`, and a response beside itself is a tie without
 * asking.
 *
 * @throws JudgeError `INVALID_OPTION`, `OUT_OF_RANGE`; `INTERRUPTED` (from `compare`) when the person quits,
 *   `INVALID_INPUT` for what is no answer.
 */
export function humanJudge(options: HumanJudgeOptions): Judge {
  checkOptions('humanJudge', options, names)
  const { ask, name, seed = 0 } = options
  checkName('humanJudge', name)
  checkFunction('ask', ask, 'a function from a question to its answer')
  checkInteger('seed', seed, 0)
  return {
    name,
    identity: { judge: 'human', name, seed },
    async compare(pair, call) {
      checkPair(pair)
      if (pair.a === pair.b) return concludeReadings([alike], noUsage)
      const [first = 'a'] = ordersOf(pair, 'random', seed)
      const answer = await ask(questionOf(showPair(pair, first)), call)
      return concludeReadings([readAnswer(first, answer)], noUsage)
    },
  }
}

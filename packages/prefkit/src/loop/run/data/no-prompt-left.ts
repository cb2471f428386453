import { PrefkitError } from '../../../prefkit-error'
import type { LoopPrompt } from '../../prompts/prompt'
import type { RunConfig } from '../config/run-config'

/** Where the prompts of a run went, of which none is left to learn on. */
export interface LostPrompts {
  /** What was read. */
  readonly all: readonly LoopPrompt[]
  /** Tokens that a prompt may have. */
  readonly longest: number
  readonly tooLong: number
  /** By their share. */
  readonly heldOut: number
  /** As they are read as others that are evaluated on. */
  readonly alsoHeldOut: number
}

type Settings = Pick<RunConfig, 'sampling'> & { readonly prompts: NonNullable<RunConfig['prompts']> }

/** Why some are not learnt from, and what to do about it: a line each that there is. */
function reasonsOf({ prompts, sampling }: Settings, lost: LostPrompts): string[] {
  const { all, longest, tooLong, heldOut, alsoHeldOut } = lost
  const isLimited = longest === prompts.maxTokens
  const longer = isLimited
    ? 'raise prompts.maxTokens'
    : `the context has ${longest} beside sampling.maxNewTokens ${sampling.maxNewTokens}: lower that`
  const isOne = new Set(all.map(({ text }) => text)).size === 1
  const share = isOne
    ? 'they are all the same text, which is held out as one: give other prompts, or set prompts.heldOut to 0'
    : `prompts.heldOut is ${prompts.heldOut}: lower it, or give more prompts`
  const among = prompts.heldOutFiles
    ? 'they are in prompts.heldOutFiles too: give others there'
    : 'the model reads the same tokens in held-out ones: give other prompts'
  const reasons: readonly (readonly [count: number, reason: string])[] = [
    [tooLong, `have more than ${longest} tokens (${longer})`],
    [heldOut, `are held out to evaluate on (${share})`],
    [alsoHeldOut, `are held out to evaluate on (${among})`],
  ]
  return reasons.flatMap(([count, reason]) => (count === 0 ? [] : [`${count} ${reason}`]))
}

/** Says where all prompts went. */
export function noPromptLeft(settings: Settings, lost: LostPrompts): PrefkitError {
  const reasons = reasonsOf(settings, lost).join('; ')
  const problem = `expected some to learn on, got none of ${lost.all.length}`
  return new PrefkitError('INVALID_CONFIG', `prompts: ${problem}${reasons === '' ? '' : `: ${reasons}`}`)
}

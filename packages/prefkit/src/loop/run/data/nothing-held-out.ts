import type { RunConfig } from '../config/run-config'
import type { RunPrompts } from './read-prompts'

/** Why a run has no prompts to evaluate on, and what to do, where its settings ask for some; undefined where all is as they say. */
export function nothingHeldOut(
  { prompts: settings }: Pick<RunConfig, 'prompts'>,
  { train, heldOut }: Pick<RunPrompts, 'train' | 'heldOut'>,
): string | undefined {
  if (!settings || heldOut.length > 0) return undefined
  const { heldOut: share, heldOutFiles } = settings
  if (!heldOutFiles && share === 0) return undefined
  const isOne = new Set(train.map(({ text }) => text)).size === 1
  const fromShare = isOne
    ? `all ${train.length} are the same text, of which no share can be held out`
    : `prompts.heldOut ${share} of ${train.length} came to none`
  const why = heldOutFiles ? 'those of prompts.heldOutFiles are too long' : fromShare
  const remedy = heldOutFiles ? 'give shorter ones' : 'give others to evaluate on as prompts.heldOutFiles'
  return `prompts: none is held out, so nothing is evaluated: ${why}; ${remedy}`
}

/** With fewer, intervals over prompts are so wide that hardly any change is told from chance. */
const enough = 8

/** What is to be known where so few prompts are held out that evaluations say little; undefined where there are enough, or none. */
export function fewHeldOut(
  { prompts: settings, evaluation }: Pick<RunConfig, 'prompts' | 'evaluation'>,
  heldOut: number,
): string | undefined {
  if (!settings || heldOut === 0 || heldOut >= enough) return undefined
  const more = settings.heldOutFiles
    ? 'give more in prompts.heldOutFiles'
    : `hold out a larger share (prompts.heldOut ${settings.heldOut}), or give others as prompts.heldOutFiles`
  const samples = `draw more responses to each (evaluation.samplesPerPrompt ${evaluation.samplesPerPrompt})`
  return `prompts: ${heldOut} to evaluate on, fewer than ${enough}, so that evaluations tell little: ${more}, and ${samples}`
}

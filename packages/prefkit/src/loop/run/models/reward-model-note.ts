import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoraConfig } from '@prefkit/lm'
import { PrefkitError } from '../../../prefkit-error'
import { writeJson } from '../../../runs/write-atomic'
import type { JudgeFormSettings } from './judge-form'
import type { PairwiseForm } from './pairwise-template'

/** How a language model was trained. */
interface OfLanguageModel {
  /** The model that its adapter is of; null where it is a whole model. */
  readonly base: string | null
  /** The form of the adapter; null where all weights trained. */
  readonly lora: LoraConfig | null
}

/** What is known of a trained reward model beside its weights: `reward-model.json`. */
export type RewardModelNote =
  | ({ readonly kind: 'scalar' } & OfLanguageModel)
  | ({ readonly kind: 'pairwise' } & OfLanguageModel & PairwiseForm)
  | ({ readonly kind: 'judge'; readonly maxNewTokens: number } & OfLanguageModel & JudgeFormSettings)
  /** The model lies beside, as `prefkit reward train` saves it. */
  | { readonly kind: 'embeddings' }

const noteName = 'reward-model.json'

/** The model that a reward model is an adapter of; undefined where it is a whole one. */
export const baseOf = (note: RewardModelNote): string | undefined =>
  note.kind === 'embeddings' ? undefined : (note.base ?? undefined)

/** The same of a directory, in which there may be no reward model. */
export function baseIn(directory: string): string | undefined {
  const path = join(directory, noteName)
  // Written below, whole.
  return existsSync(path) ? baseOf(JSON.parse(readFileSync(path, 'utf8')) as RewardModelNote) : undefined
}

/** Says what lies in a directory. */
export const writeNote = (directory: string, note: RewardModelNote): Promise<void> =>
  writeJson(join(directory, noteName), note)

/** @throws PrefkitError `DATA_MISSING` where there is no reward model. */
export async function readNote(directory: string): Promise<RewardModelNote> {
  const path = join(directory, noteName)
  try {
    // Written above, whole.
    return JSON.parse(await readFile(path, 'utf8')) as RewardModelNote
  } catch (cause) {
    const problem = `expected a reward model of a run, such as runs/<id>/stages/reward_model: ${(cause as Error).message}`
    throw new PrefkitError('DATA_MISSING', `rewardModel: ${directory}: ${problem}`, { cause })
  }
}

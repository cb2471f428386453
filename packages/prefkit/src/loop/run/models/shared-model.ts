import type { LoadedLanguageModel } from '@prefkit/lm'
import { type ModelChoice, openLanguageModel } from '../../../lm/open-language-model'
import type { WorkOptions } from '../../../reward/progress'

/** A model that others may have open too. */
export interface SharedModel {
  readonly model: LoadedLanguageModel
  /** Frees it once nobody has it open any more. */
  release(): Promise<void>
}

interface Held {
  readonly model: LoadedLanguageModel
  users: number
}

/** What somebody has open, by all that decides what is read. */
const held = new Map<string, Held>()

function hold(key: string, model: LoadedLanguageModel): Held {
  const now = { model, users: 0 }
  held.set(key, now)
  return now
}

/**
 * A model whose weights are read once while anybody has it open: policy, reference, critic and reward model of a stage are often of one
 * checkpoint. For what leaves weights as they are, and makes graphs of its own from them, on whatever backend.
 * @throws LmError, PrefkitError as `openLanguageModel`.
 */
export async function openSharedModel(choice: ModelChoice, work: WorkOptions = {}): Promise<SharedModel> {
  const { model, adapter, tokenizer, chatTemplate } = choice
  const key = JSON.stringify([model, adapter, tokenizer, chatTemplate])
  const shared = held.get(key) ?? hold(key, await openLanguageModel(choice, work))
  shared.users++
  let isOpen = true
  return {
    model: shared.model,
    async release() {
      if (!isOpen) return
      isOpen = false
      shared.users--
      if (shared.users > 0) return
      // Two that began to read it at once have one each.
      if (held.get(key) === shared) held.delete(key)
      await shared.model.release()
    },
  }
}

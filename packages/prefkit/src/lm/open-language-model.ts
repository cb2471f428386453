import type { LoadedLanguageModel } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import type { BackendChoice } from '@prefkit/tensor'
import type { WorkOptions } from '../reward/progress'
import { adapterPath } from './adapter-path'
import { requireAdapter, requireModel } from './require-model'
import { withTemplate } from './with-template'

/** Which model, with which change, runs where. */
export interface ModelChoice {
  /** A directory of Hugging Face, a GGUF file, or a model of llama2.c. */
  readonly model: string
  /** A LoRA adapter in the layout of PEFT, or the run that trained one. */
  readonly adapter?: string | undefined
  /** A file of llama2.c's tokenisers, for one of its models. Default: the one beside it. */
  readonly tokenizer?: string | undefined
  /** A file with a template in Jinja. Default: the model's own. */
  readonly chatTemplate?: string | undefined
  readonly backend: BackendChoice
}

/** Loading that takes no longer is not told of. */
const quietMilliseconds = 1000

/**
 * A model with its weights, ready to run; to be released.
 * @param variables parameters that will change; the others are constants of what is compiled.
 * @throws LmError for what is no model or no adapter of it; PrefkitError `DATA_MISSING`, `INVALID_CONFIG` for what is something else;
 *   the reason of `signal`.
 */
export async function openLanguageModel(
  { model, adapter, tokenizer, chatTemplate, backend }: ModelChoice,
  { onProgress, signal }: WorkOptions = {},
  variables?: 'all',
): Promise<LoadedLanguageModel> {
  await requireModel(model)
  if (adapter !== undefined) await requireAdapter(adapter)
  const change = adapter === undefined ? {} : { adapter: await adapterPath(adapter) }
  const begun = performance.now()
  const loaded = await loadLanguageModel(model, {
    backend,
    ...(tokenizer !== undefined && { tokenizer }),
    ...change,
    ...(variables && { variables }),
    progress: ({ tensors, total }) => {
      signal?.throwIfAborted()
      if (performance.now() - begun > quietMilliseconds)
        onProgress?.({ phase: 'load', done: tensors, total, note: model })
    },
  })
  return withTemplate(loaded, chatTemplate)
}

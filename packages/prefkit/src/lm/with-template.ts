import { readFile } from 'node:fs/promises'
import { chatTemplate, type LoadedLanguageModel } from '@prefkit/lm'
import { PrefkitError } from '../prefkit-error'

/**
 * A model with a template of a file instead of its own; it is released where that fails.
 * @throws PrefkitError `DATA_MISSING`; LmError `TEMPLATE_FAILED`.
 */
export async function withTemplate(
  model: LoadedLanguageModel,
  file: string | undefined,
): Promise<LoadedLanguageModel> {
  if (file === undefined) return model
  try {
    const source = await readFile(file, 'utf8').catch((cause: Error) => {
      throw new PrefkitError('DATA_MISSING', `${file}: could not be read: ${cause.message}`, { cause })
    })
    return Object.assign(model, { chatTemplate: chatTemplate(source, model.tokenizer?.specialTokens) })
  } catch (error) {
    await model.release()
    throw error
  }
}

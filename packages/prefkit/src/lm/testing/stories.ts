import { join } from 'node:path'
import { chatTemplate } from '@prefkit/lm'
import { loadCheckpoint, saveCheckpoint } from '@prefkit/lm/files'

/** A model of 260,032 parameters that tells stories, with its tokeniser beside it; it has no chat template. */
export const storiesPath = join(import.meta.dirname, '../../../../lm/src/goldens/stories260K.bin')

/** A chat template that this model was not trained on. */
export const storiesTemplate =
  "{{ bos_token }}{% for m in messages %}{{ m.role + ': ' + m.content }}{% if m.role == 'assistant' %}{{ eos_token }}{% endif %}{{ '\\n' }}{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}"

/** The same model as a directory of Hugging Face with a chat template, and room for so many tokens. */
export async function saveStoriesChat(directory: string, maxPositionEmbeddings = 512): Promise<string> {
  const checkpoint = await loadCheckpoint(storiesPath)
  try {
    const { config, tokenizer } = checkpoint
    await saveCheckpoint(directory, {
      ...checkpoint,
      config: { ...config, maxPositionEmbeddings },
      chatTemplate: chatTemplate(storiesTemplate, tokenizer!.specialTokens),
    })
  } finally {
    await checkpoint.close()
  }
  return directory
}

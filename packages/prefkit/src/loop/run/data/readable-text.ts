import { promptText } from '@prefkit/datasets'
import type { Prompt } from '../../../lm/prompt-rows'

/** A part of what is said may be an image, which has no text. */
const contentText = (content: unknown): string =>
  typeof content === 'string' ? content : JSON.stringify(content ?? '')

/** A prompt as people read it, which is as data sets of comparisons write it: the same prompt is the same text wherever it stands. */
export const readableText = (prompt: Prompt): string =>
  promptText({
    prompt:
      typeof prompt === 'string'
        ? prompt
        : prompt.map(({ role, content }) => ({ role, content: contentText(content) })),
  })

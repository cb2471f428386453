import { type ChatMessage, promptMessages, responseMessages, type TextOrChat } from '../chat-message'
import type { Comparison } from '../comparison'
import { DatasetError } from '../dataset-error'
import { ASSISTANT_MARK, HUMAN_MARK, renderTranscript } from '../dialects/hh-transcript'
import { promptText, responseText } from '../prompt-text'
import { type DialectWriter, factFields, factProperties } from './writer'

/** The dialects that are written. */
export type WritableDialect = 'trl' | 'trl-conversational' | 'hh' | 'openai-dpo'

const texts = ['prompt', 'chosen', 'rejected'] as const

/** TRL's text rows; conversations are rendered by `promptText` and `responseText`. */
const trl: DialectWriter = {
  keeps: [...texts, ...factProperties],
  row: (comparison) => ({
    ...factFields(comparison),
    prompt: promptText(comparison),
    chosen: responseText(comparison.chosen),
    rejected: responseText(comparison.rejected),
  }),
}

/** TRL's lists of messages; plain text becomes one message. */
const trlConversational: DialectWriter = {
  keeps: [...texts, ...factProperties],
  row: (comparison) => ({
    ...factFields(comparison),
    prompt: promptMessages(comparison.prompt),
    chosen: responseMessages(comparison.chosen),
    rejected: responseMessages(comparison.rejected),
  }),
}

function transcriptOf(comparison: Comparison, field: 'chosen' | 'rejected'): string {
  const messages: readonly ChatMessage[] = [
    ...promptMessages(comparison.prompt),
    ...responseMessages(comparison[field] as TextOrChat),
  ]
  const transcript = renderTranscript(messages)
  if (transcript === undefined) {
    const marks = `${JSON.stringify(HUMAN_MARK)} or ${JSON.stringify(ASSISTANT_MARK)}`
    const detail = `an HH transcript has turns of user and assistant only, and none that contains ${marks}`
    throw new DatasetError('FIELD_VALUE', `comparison ${comparison.id}: ${detail}`, { field })
  }
  return transcript
}

/** HH's transcripts, two whole conversations a row. */
const hh: DialectWriter = {
  keeps: [...texts, ...factProperties],
  row: (comparison) => {
    if (promptMessages(comparison.prompt)[0]?.role !== 'user') {
      const detail = `comparison ${comparison.id}: an HH transcript opens with a turn of the user`
      throw new DatasetError('FIELD_VALUE', detail, { field: 'prompt' })
    }
    const chosen = transcriptOf(comparison, 'chosen')
    return { ...factFields(comparison), chosen, rejected: transcriptOf(comparison, 'rejected') }
  },
}

/** OpenAI's preference rows, which have no room for anything but the texts. */
const openaiDpo: DialectWriter = {
  keeps: texts,
  row: (comparison) => ({
    input: { messages: promptMessages(comparison.prompt) },
    preferred_output: responseMessages(comparison.chosen),
    non_preferred_output: responseMessages(comparison.rejected),
  }),
}

/** Every dialect that is written. */
export const writerTable: Readonly<Record<WritableDialect, DialectWriter>> = {
  trl,
  'trl-conversational': trlConversational,
  hh,
  'openai-dpo': openaiDpo,
}

/** The names of the dialects that are written. */
export const writableDialects = Object.keys(writerTable) as readonly WritableDialect[]

import { z } from 'zod'
import type { TextOrChat } from '../chat-message'
import { DatasetError } from '../dataset-error'
import type { Dialect } from './dialect'
import { parseFields, simplifyResponse } from './fields'
import { ASSISTANT_MARK, parseTranscript } from './hh-transcript'
import { rowFacts } from './row-facts'
import { sharedPrefixLength } from './shared-prefix'

const schema = z.object({ chosen: z.string(), rejected: z.string() })
const opensTranscript = (value: unknown): boolean => typeof value === 'string' && /^\s*Human:/.test(value)

/** Where the last Assistant turn that both transcripts open starts to speak. */
function splitAt(chosen: string, rejected: string): number {
  const shared = sharedPrefixLength(chosen, rejected)
  const mark = chosen.slice(0, shared).lastIndexOf(ASSISTANT_MARK)
  if (mark >= 0) return mark + ASSISTANT_MARK.length
  throw new DatasetError('FIELD_VALUE', 'shares no "\\n\\nAssistant:" turn with chosen, so has no prompt', {
    field: 'rejected',
  })
}

/** What follows `\n\nAssistant:`, as text or, when the conversation goes on, as messages. */
export function continuation(text: string): TextOrChat {
  return simplifyResponse(parseTranscript(ASSISTANT_MARK + text)!)
}

/** The transcript up to an `\n\nAssistant:` as messages; throws DatasetError FIELD_VALUE when it is none. */
export function transcriptPrompt(transcript: string, field: string): TextOrChat {
  const messages = parseTranscript(transcript.replace(/\n\nAssistant:\s*$/, ''))
  if (messages !== undefined && messages.length > 0) return messages
  throw new DatasetError('FIELD_VALUE', 'expected a transcript that opens with "\\n\\nHuman:"', { field })
}

/** Anthropic HH: two whole transcripts, split at the last Assistant turn that both open. */
export const hh: Dialect = {
  name: 'hh',
  title: 'Anthropic HH: chosen and rejected as transcripts, "\\n\\nHuman: … \\n\\nAssistant: …"',
  fields: ['chosen', 'rejected'],
  detect: (row) =>
    !('prompt' in row) && opensTranscript(row.chosen) && opensTranscript(row.rejected)
      ? 'chosen and rejected are transcripts that open with "Human:"'
      : undefined,
  parse: (row, context) => {
    const { chosen, rejected } = parseFields(schema, row)
    const end = splitAt(chosen, rejected)
    const comparison = {
      ...rowFacts(row, context),
      prompt: transcriptPrompt(chosen.slice(0, end), 'chosen'),
      chosen: continuation(chosen.slice(end)),
      rejected: continuation(rejected.slice(end)),
    }
    return { comparisons: [comparison] }
  },
}

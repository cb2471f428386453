import { z } from 'zod'
import { DatasetError } from '../dataset-error'
import type { ReferencedText, Row } from '../dialects/dialect'
import { parseFields } from '../dialects/fields'
import { rowTags } from '../dialects/row-facts'
import type { LineOptions } from '../json-rows'
import { fileRows } from './file-rows'
import { fileFormat } from './open-bytes'

const schema = z.object({ id: z.string(), text: z.string() })
const tagFields = ['topic', 'debate', 'stance'] as const

/** What a text answers: its prompt, or its debate and stance, or its topic. */
function promptOf(row: Row): string {
  const { prompt, debate, stance, topic } = row
  if (typeof prompt === 'string') return prompt
  if (typeof debate === 'string') return typeof stance === 'string' ? `${debate}: ${stance}` : debate
  return typeof topic === 'string' ? topic : ''
}

/**
 * The texts that rows of `pairwise-by-id` name, by id: rows with `id` and `text`, and where there are such `prompt`,
 * `topic`, `debate` and `stance`. All are held. Throws DatasetError for the first bad row, and FILE_EMPTY.
 */
export async function readTexts(
  file: string,
  options: LineOptions,
): Promise<ReadonlyMap<string, ReferencedText>> {
  const texts = new Map<string, ReferencedText>()
  for await (const located of fileRows(file, await fileFormat(file), options)) {
    if ('error' in located) throw located.error
    try {
      const row = z.record(z.string(), z.unknown()).parse(located.value)
      const { id, text } = parseFields(schema, row)
      texts.set(id, { text, prompt: promptOf(row), tags: rowTags(row, tagFields) ?? {} })
    } catch (error) {
      if (DatasetError.isInstance(error)) throw error.at(located.place)
      throw new DatasetError('ROW_TYPE', 'expected an object of fields', located.place, { cause: error })
    }
  }
  if (texts.size === 0) throw new DatasetError('FILE_EMPTY', 'has no rows', { file })
  return texts
}

import { promptRow } from '../../../lm/prompt-rows'
import type { WorkOptions } from '../../../reward/progress'
import { readRows } from '../../../tables/read-rows'
import type { RunConfig } from '../config/run-config'
import { readableText } from './readable-text'
import { isHeldOut } from './split-by-text'

/**
 * Prompts that the policy is evaluated on, as people read them: for models that have tokens of their own. Those that are too long to
 * be evaluated on are among them.
 * @throws PrefkitError `BAD_ROW`; DatasetError.
 */
export async function heldOutTexts(
  { prompts, seed }: Pick<RunConfig, 'prompts' | 'seed'>,
  work: WorkOptions,
): Promise<readonly string[]> {
  if (!prompts) return []
  const { files, heldOutFiles, heldOut, limit } = prompts
  const rows = (await readRows(heldOutFiles ?? files, work)).slice(0, limit)
  const texts = rows.map((row) => readableText(promptRow(row).prompt))
  return heldOutFiles ? texts : texts.filter((text) => isHeldOut(text, heldOut, seed))
}

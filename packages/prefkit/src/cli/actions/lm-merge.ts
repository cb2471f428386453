import { mergeAdapter } from '../../lm/merge-adapter'
import { counted } from '../format-table'
import { printJson, printText } from '../print'

/** Options of `prefkit lm merge`. */
export interface LmMergeOptions {
  readonly tokenizer?: string
  readonly out: string
  readonly json: boolean
}

/** Runs `prefkit lm merge`. */
export async function lmMergeAction(
  model: string,
  adapter: string,
  { tokenizer, out, json }: LmMergeOptions,
): Promise<void> {
  const merged = await mergeAdapter(model, adapter, out, tokenizer)
  if (json) printJson(merged)
  else printText(`merged ${counted(merged.modules, 'change')} of rank ${merged.rank}\nmodel: ${merged.path}`)
}

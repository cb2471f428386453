import type { Dialect } from './dialect'
import { trl } from './trl'

/** RewardBench: TRL's texts with the models that wrote them; the subset is the source. */
export const rewardbench: Dialect = {
  name: 'rewardbench',
  title: 'RewardBench: prompt, chosen, rejected, chosen_model, rejected_model, subset, id',
  fields: ['prompt', 'chosen', 'rejected', 'subset', 'chosen_model'],
  detect: (row) =>
    trl.detect(row) !== undefined && typeof row.chosen_model === 'string' && 'subset' in row
      ? 'prompt, chosen and rejected are text, with chosen_model and subset'
      : undefined,
  parse: trl.parse,
}

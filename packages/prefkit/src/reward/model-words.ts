import type { RewardModelOptions } from '@prefkit/reward-models'

type Named = Pick<RewardModelOptions, 'kind' | 'objective'>

const forms: Readonly<Record<RewardModelOptions['kind'], (objective: string) => string>> = {
  mlp: (objective) => objective,
  trees: (objective) => `${objective}-Trees`,
}

/** What a reward model is called in tables, such as `BT` or `CLF-Trees`. */
export const modelName = ({ kind, objective }: Named): string => forms[kind](objective.toUpperCase())

/** What a pass over the data is called. */
export const passNames: Readonly<Record<RewardModelOptions['kind'], string>> = {
  mlp: 'epoch',
  trees: 'round',
}

import { type RewardModelSettings, rewardModelPresets } from '@prefkit/reward-models'
import type { RunConfig } from '../config/run-config'

type OverEmbeddings = Extract<RunConfig['rewardModel'], { kind: 'embeddings' }>

/** What `fitRewardModel` is given, which checks it. */
export const embeddingOptions = (
  { model, objective, options }: OverEmbeddings,
  seed: number,
): RewardModelSettings =>
  // Of the settings, only the options are of a form that is not known yet.
  ({
    ...{ seed, ...(model && rewardModelPresets[model]), ...options },
    ...(objective && { objective }),
  }) as RewardModelSettings

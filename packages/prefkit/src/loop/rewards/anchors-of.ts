import { PrefkitError } from '../../prefkit-error'
import type { Anchor } from '../prompts/prompt'
import type { Rollout } from '../rollouts/rollout'

/** What a response is to beat. @throws PrefkitError `INVALID_CONFIG` for a prompt that has nothing of the kind. */
export function anchorsOf(reward: string, { prompt }: Pick<Rollout, 'prompt'>): readonly Anchor[] {
  if (prompt.anchors && prompt.anchors.length > 0) return prompt.anchors
  const message = `${reward}: prompt ${prompt.id} has no anchors, which this reward compares responses with: choose some first`
  throw new PrefkitError('INVALID_CONFIG', message)
}

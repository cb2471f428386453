import { sub, type Tensor } from '@prefkit/tensor'
import type { Network, Params } from './network'

/**
 * The same member with its mean reward over these rows of a table at 0: the mean moves into the last bias. For
 * Bradley–Terry members, whose origins are arbitrary: a minimum over members, or a spread, would compare the origins.
 */
export async function centreRewards(
  network: Network,
  params: Params,
  table: Tensor,
  rows: ReadonlySet<number>,
): Promise<Params> {
  const rewards = await network.score(params, table)
  let sum = 0
  for (const row of rows) sum += rewards[row]!
  const last = params.layers.at(-1)!
  const bias = sub(last.bias ?? 0, sum / rows.size)
  return { layers: [...params.layers.slice(0, -1), { ...last, bias }] }
}

import type { Usage } from '../usage'

/** What nothing costs: the usage of judges that ask no model. */
export const noUsage: Usage = { calls: 0, cachedCalls: 0, promptTokens: 0, completionTokens: 0 }

const add = (x: Usage, y: Usage): Usage => ({
  calls: x.calls + y.calls,
  cachedCalls: x.cachedCalls + y.cachedCalls,
  promptTokens: x.promptTokens + y.promptTokens,
  completionTokens: x.completionTokens + y.completionTokens,
  ...(x.cost === undefined && y.cost === undefined ? {} : { cost: (x.cost ?? 0) + (y.cost ?? 0) }),
})

/** What several calls used together; the cost is that of those which have one, and absent where none has. */
export const sumUsages = (usages: readonly Usage[]): Usage => usages.reduce(add, noUsage)

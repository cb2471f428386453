import type { Watch } from './monitor'

/** Watches each stage by itself, as it is judged by its own records alone. */
export function eachStage(begin: () => Watch): Watch {
  const stages = new Map<string, Watch>()
  return (record) => {
    const known = stages.get(record.stage)
    if (known) return known(record)
    const begun = begin()
    stages.set(record.stage, begun)
    return begun(record)
  }
}

import { join } from 'node:path'

/** A path for a new run, such as `runs/reward-2026-03-01-14-05-09`. */
export const newRunPath = (kind: string, now = new Date()): string =>
  join('runs', `${kind}-${now.toISOString().slice(0, 19).replace(/[:T]/g, '-')}`)

import { stat } from 'node:fs/promises'
import { requireAdapter, requireModel } from '../../../lm/require-model'
import { PrefkitError } from '../../../prefkit-error'
import type { RunConfig } from '../config/run-config'
import { baseOf, readNote } from '../models/reward-model-note'
import { type PathKind, pathsOf, type RunPath } from '../run-paths'
import { type Check, problemOf } from './problem'

async function requireThere(path: string, isWanted: 'file' | 'directory'): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  const is = isWanted === 'file' ? found?.isFile() : found?.isDirectory()
  if (is) return
  const got = found ? `one that is no ${isWanted}` : 'nothing there'
  throw new PrefkitError('DATA_MISSING', `expected a ${isWanted}, got ${path}: ${got}`)
}

/** An adapter is nothing without the model that it is of. */
async function requireTrained(path: string): Promise<void> {
  const base = baseOf(await readNote(path))
  if (base === undefined) return
  await requireModel(base).catch((cause: Error) => {
    const problem = `is an adapter of a model that is not where it was: ${cause.message}`
    throw new PrefkitError('DATA_MISSING', `${path} ${problem}`, { cause })
  })
}

/** What has to be at a path, by its kind. */
const needed: Readonly<Record<PathKind, (at: RunPath) => Promise<unknown>>> = {
  data: ({ path }) => requireThere(path, 'file'),
  file: ({ path }) => requireThere(path, 'file'),
  model: async ({ path, place }) => {
    if (place.at(-1) !== 'adapter') return requireModel(path)
    await requireThere(path, 'directory')
    return requireAdapter(path)
  },
  // A judge's directory is of another command, which has a note of its own.
  trained: ({ path, place }) =>
    place.at(-1) === 'judge' ? requireThere(path, 'directory') : requireTrained(path),
}

/** Files and models that are not there. */
export const fileProblems: Check<RunConfig> = async (config) => {
  const found = pathsOf(config).map((at) => problemOf(at.place, () => needed[at.kind](at)))
  return (await Promise.all(found)).flat()
}

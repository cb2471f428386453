import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { PrefkitError } from '../prefkit-error'

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** What a path may be mistaken for a model, by a file that is there, and what to do then. */
const mistaken: readonly (readonly [marker: string, advice: (path: string) => string])[] = [
  [
    'model/adapter_config.json',
    (path) => `is a run that trained an adapter; expected its model, with --adapter ${path}`,
  ],
  ['model/config.json', (path) => `is a run; its model is ${join(path, 'model')}`],
  ['adapter_config.json', (path) => `is an adapter; expected its model, with --adapter ${path}`],
]

/** `owner/name`, as models of the hub are called. */
const hubName = /^\w[\w.-]*\/\w[\w.-]*$/

const isModelFile = /\.(gguf|bin|safetensors)$/i

function missing(path: string): PrefkitError {
  const shown = relative(process.cwd(), path)
  if (!hubName.test(shown) || isModelFile.test(shown)) {
    return new PrefkitError('DATA_MISSING', `${path}: no such file or directory; expected a model`)
  }
  const directory = shown.split('/').at(-1)
  const problem = `no such directory, and nothing is downloaded; what the hub of Hugging Face has is fetched by: hf download ${shown} --local-dir ${directory}`
  return new PrefkitError('DATA_MISSING', `${shown}: ${problem}`)
}

/**
 * Says what to give where a path is no model by the looks of it: nothing, a name of the hub, a run, an adapter. What it then holds is
 * not looked into.
 * @throws PrefkitError `DATA_MISSING` for a path that is not there, `INVALID_CONFIG`.
 */
export async function requireModel(path: string): Promise<void> {
  if (!(await isThere(path))) throw missing(path)
  // A run has a config.json too, which is not of a model; a model may have an adapter beside it.
  const isRun = await isThere(join(path, 'metrics.jsonl'))
  if (!isRun && (await isThere(join(path, 'config.json')))) return
  for (const [marker, advice] of mistaken) {
    if (!(await isThere(join(path, marker)))) continue
    const shown = relative(process.cwd(), path)
    const short = shown.startsWith('..') ? path : shown
    throw new PrefkitError('INVALID_CONFIG', `${short}: ${advice(short)}`)
  }
}

/**
 * Refuses a run of all parameters where an adapter is expected.
 * @param directory of the adapter, or the run that trained it.
 * @throws PrefkitError `INVALID_CONFIG`.
 */
export async function requireAdapter(directory: string): Promise<void> {
  const model = join(directory, 'model')
  const isWhole =
    (await isThere(join(model, 'config.json'))) && !(await isThere(join(model, 'adapter_config.json')))
  if (!isWhole) return
  const problem = `is a run that trained all parameters (--full): there is no adapter and nothing to merge; its model is ${model}`
  throw new PrefkitError('INVALID_CONFIG', `${directory}: ${problem}`)
}

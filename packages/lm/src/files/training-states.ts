import { existsSync } from 'node:fs'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readSafetensors, replaceDirectory, writeSafetensors } from '@prefkit/nn/files'
import type { Tensor } from '@prefkit/tensor'
import { excerpt } from '../check-options'
import { isRecord } from '../config/field-reader'
import { LmError } from '../lm-error'
import type { TrainingState } from '../training/training-state'
import { readJsonIfThere } from './read-json'
import { translated } from './translate-error'

const format = 'prefkit.lm-training'
const version = 1
const fileNames = { counters: 'state.json', tensors: 'state.safetensors' } as const

const groups = ['trained', 'optimizer'] as const

/**
 * Saves where training stands as a directory, whole or not at all: state.json and state.safetensors.
 * @param state of `sft` or of a local policy; numbers and texts that it has beside its tensors are kept too.
 * @throws LmError `WRITE_FAILED` when it cannot be written: what was there before is then as it was.
 */
export async function saveTrainingState(path: string, state: TrainingState): Promise<void> {
  const { trained, optimizer, ...counters } = state
  const named = Object.entries({ trained, optimizer }).flatMap(([group, tensors]) =>
    Object.entries(tensors).map(([name, tensor]) => [`${group}/${name}`, tensor] as const),
  )
  const json = JSON.stringify({ format, version, ...counters }, null, 2)
  await translated(() =>
    replaceDirectory(path, async (directory) => {
      await writeSafetensors(join(directory, fileNames.tensors), Object.fromEntries(named))
      await writeFile(join(directory, fileNames.counters), `${json}\n`)
    }),
  )
}

/**
 * Loads what {@link saveTrainingState} saved, as `sft`'s `resume` or for a policy's `restore`, which check that it is theirs. A kill
 * in the middle of replacing one can leave the state before under a name with `.old` added: that is loaded where none has the name.
 * @throws LmError `MISSING_FILE`, `INVALID_FILE`, `READ_FAILED`; `UNSUPPORTED_VERSION` when a later release wrote it.
 */
export async function loadTrainingState<State extends TrainingState = TrainingState>(
  path: string,
): Promise<State> {
  const directory = existsSync(path) ? path : ((await replacedAt(path)) ?? path)
  const at = join(directory, fileNames.counters)
  const { format: found, version: made, ...counters } = requireState(at, await readJsonIfThere(at))
  if (found !== format) {
    throw new LmError('INVALID_FILE', `${at}: format: expected ${format}, got ${excerpt(found)}`)
  }
  if (made !== version) {
    const problem = `expected ${version}, got ${excerpt(made)}: a later release wrote it`
    throw new LmError('UNSUPPORTED_VERSION', `${at}: version: ${problem}`)
  }
  if (!Number.isSafeInteger(counters.step) || (counters.step as number) < 0) {
    const problem = `expected a whole number ≥ 0, got ${excerpt(counters.step)}`
    throw new LmError('INVALID_FILE', `${at}: step: ${problem}`)
  }
  const { tensors } = await translated(() => readSafetensors(join(directory, fileNames.tensors)))
  const parts = groups.map((group) => [group, ofGroup(tensors, group)] as const)
  // What further fields a state has is checked by those who go on from it.
  return { ...counters, ...Object.fromEntries(parts) } as unknown as State
}

/** The newest directory that was put aside to be replaced, and was not. */
async function replacedAt(path: string): Promise<string | undefined> {
  const folder = dirname(path)
  if (!existsSync(folder)) return undefined
  const prefix = `${basename(path)}.`
  const aside = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && /^[\da-f]{8}\.old$/.test(name.slice(prefix.length)),
  )
  const made = await Promise.all(
    aside.map(async (name) => ({ name, time: (await stat(join(folder, name))).mtimeMs })),
  )
  const newest = made.sort((a, b) => b.time - a.time)[0]
  return newest && join(folder, newest.name)
}

function requireState(at: string, json: unknown): Record<string, unknown> {
  if (isRecord(json)) return json
  if (json === undefined) throw new LmError('MISSING_FILE', `${at}: expected a state of training here`)
  throw new LmError('INVALID_FILE', `${at}: expected an object, got ${excerpt(json)}`)
}

const ofGroup = (tensors: Readonly<Record<string, Tensor>>, group: string): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) =>
      name.startsWith(`${group}/`) ? [[name.slice(group.length + 1), tensor] as const] : [],
    ),
  )

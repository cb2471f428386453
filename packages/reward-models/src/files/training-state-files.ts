import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { flattenParams } from '@prefkit/nn'
import { replaceDirectory, writeSafetensors } from '@prefkit/nn/files'
import type { TrainingState } from '../fit-reward-model'
import { blankOptimization } from '../network'
import { type RewardModelOptions, resolveOptions } from '../options'
import { RewardModelError } from '../reward-model-error'
import { type JsonObject, readVersioned } from './read-json'
import { readTensors } from './read-tensors'

const format = 'prefkit.reward-model-training'
const version = 1

/** The counters and the tensors of a checkpoint. */
const fileNames = { counters: 'state.json', tensors: 'state.safetensors' }

/** What a checkpoint belongs to: going on with other options or features would not be the same training. */
export interface TrainingIdentity {
  readonly options: Partial<RewardModelOptions>
  /** Columns of the features. */
  readonly inputs: number
}

/** Counters as they are in the JSON file; losses and epochs as in `MemberState`. */
interface Counters {
  readonly finished: number
  readonly epoch: number
  readonly step: number
  readonly bestEpoch: number
  readonly losses: readonly number[]
}

/**
 * Saves where training stands as a directory, whole or not at all: `state.json` and `state.safetensors`.
 * @throws NnError `WRITE_FAILED` when it cannot be written, such as on a full disk.
 */
export async function saveTrainingState(
  directory: string,
  { finished, current }: TrainingState,
  { options, inputs }: TrainingIdentity,
): Promise<void> {
  const { epoch, step, losses, best, optimization } = current
  const counters: Counters = { finished: finished.length, epoch, step, bestEpoch: best.epoch, losses }
  const content = { format, version, options: resolveOptions(options), inputs, ...counters }
  const tensors = { finished, best: best.params, ...optimization }
  await replaceDirectory(directory, async (temporary) => {
    await writeSafetensors(join(temporary, fileNames.tensors), flattenParams(tensors))
    await writeFile(join(temporary, fileNames.counters), `${JSON.stringify(content, null, 2)}\n`)
  })
}

/**
 * Loads a checkpoint to go on from, as `fitRewardModel`'s `resume`.
 * @throws RewardModelError `INVALID_MODEL` naming the file and what is wrong with it, or the option that differs from
 *   those it was made with; `NEWER_VERSION` when a later release wrote it.
 */
export async function loadTrainingState(
  directory: string,
  { options: given, inputs }: TrainingIdentity,
): Promise<TrainingState> {
  const path = join(directory, fileNames.counters)
  const content = await readVersioned(path, format, version)
  const options = resolveOptions(given)
  requireSame(path, content, { ...options, inputs })
  const { finished, epoch, step, bestEpoch, losses } = readCounters(path, content)
  const blank = blankOptimization(options, inputs)
  const like = {
    finished: Array.from({ length: finished }, () => blank.params),
    best: blank.params,
    ...blank,
  }
  const tensors = await readTensors(join(directory, fileNames.tensors), like)
  const { params, optimizer } = tensors
  const best = { epoch: bestEpoch, params: tensors.best }
  return {
    finished: tensors.finished,
    current: { epoch, step, losses, best, optimization: { params, optimizer } },
  }
}

function requireSame(path: string, content: JsonObject, wanted: Readonly<Record<string, unknown>>): void {
  const saved: JsonObject = { ...(content.options as JsonObject | undefined), inputs: content.inputs }
  const other = Object.keys(wanted).find((name) => !isDeepStrictEqual(saved[name], wanted[name]))
  if (other === undefined) return
  const [was, is] = [saved[other], wanted[other]].map((value) => JSON.stringify(value) ?? 'nothing')
  throw new RewardModelError('INVALID_MODEL', `${path}: ${other} was ${was} when it was saved, is ${is} now`)
}

function readCounters(path: string, content: JsonObject): Counters {
  for (const name of ['finished', 'epoch', 'step', 'bestEpoch'] as const) {
    if (Number.isSafeInteger(content[name]) && (content[name] as number) >= 0) continue
    const found = JSON.stringify(content[name]) ?? 'nothing'
    const message = `${path}: ${name}: expected a whole number ≥ 0, got ${found}`
    throw new RewardModelError('INVALID_MODEL', message)
  }
  const { losses } = content
  if (!Array.isArray(losses) || !losses.every(Number.isFinite)) {
    throw new RewardModelError('INVALID_MODEL', `${path}: losses: expected a list of numbers`)
  }
  return content as JsonObject & Counters
}

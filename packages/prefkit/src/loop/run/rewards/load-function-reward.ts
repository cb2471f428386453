import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PrefkitError } from '../../../prefkit-error'
import { functionReward, type ResponseReward } from '../../rewards/function-reward'
import type { RewardFunction } from '../../rewards/reward-function'
import type { RewardOptions } from '../../rewards/reward-options'
import type { Rollout } from '../../rollouts/rollout'

/** Options of {@link loadFunctionReward}. */
export interface LoadFunctionRewardOptions extends RewardOptions {
  /** Default: that of the export, or `function`. */
  readonly name?: string | undefined
  /** The folder that relative paths begin at. Default: the working directory. */
  readonly folder?: string
  /** Handed to the function with each response. Default: `{}`. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** What a module may export: a function of a response, or a reward function. */
type Exported = (
  rollout: Rollout,
  call: { readonly signal?: AbortSignal; readonly options: Readonly<Record<string, unknown>> },
) => ResponseReward | Promise<ResponseReward>

const isRewardFunction = (value: unknown): value is RewardFunction =>
  typeof value === 'object' && value !== null && typeof (value as { score?: unknown }).score === 'function'

const refuse = (place: string, problem: string, cause?: unknown): never => {
  throw new PrefkitError('INVALID_CONFIG', `rewards: ${place}: ${problem}`, { cause })
}

/**
 * A module, of which nothing is taken yet.
 * @param folder the one that relative paths begin at. Default: the working directory.
 * @throws PrefkitError `INVALID_CONFIG` for one that cannot be loaded, with what it throws as the cause.
 */
export async function loadModule(path: string, folder = '.'): Promise<Readonly<Record<string, unknown>>> {
  const file = resolve(folder, path)
  return import(pathToFileURL(file).href).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return refuse(path, `${file} could not be loaded: ${reason}`, cause)
  })
}

const isUsable = (value: unknown): boolean => typeof value === 'function' || isRewardFunction(value)

/** A module's exports that may be rewards, for messages. */
function usableOf(module: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(module).filter((name) => isUsable(module[name]))
  return names.length === 0 ? 'none of its exports is one' : `those of it are ${names.sort().join(', ')}`
}

async function exportOf(
  place: string,
  folder: string | undefined,
): Promise<{ readonly name: string; readonly exported: unknown }> {
  const [, path = place, name = 'default'] = /^(.+?)(?:#([^#/\\]+))?$/su.exec(place) ?? []
  const module = await loadModule(path, folder)
  const exported = Object.hasOwn(module, name) ? module[name] : undefined
  if (isUsable(exported)) return { name, exported }
  const got = Object.hasOwn(module, name) ? `which is a ${typeof exported}` : 'which is not there'
  const expected = 'expected an export that is a function of a response, or a reward function'
  return refuse(place, `${expected}, got ${name}, ${got}; ${usableOf(module)}`)
}

/**
 * A reward of a module of one's own: `./rewards.mjs#polite`, or what it exports by default. The function gets a response, with
 * its prompt and the fields of the prompt's row, and gives a number, a truth value or nothing; or a promise of one. A
 * `RewardFunction` does too, of which name and weight are told here.
 *
 * The module runs with all rights of this process: load only what you trust.
 * @throws PrefkitError `INVALID_CONFIG` for a module that cannot be loaded, or exports no such function.
 */
export async function loadFunctionReward(
  place: string,
  { folder, options = {}, name, weight }: LoadFunctionRewardOptions = {},
): Promise<RewardFunction> {
  const { name: exportName, exported } = await exportOf(place, folder)
  const own = { ...(weight !== undefined && { weight }) }
  if (isRewardFunction(exported)) {
    return {
      name: name ?? exported.name,
      weight: weight ?? exported.weight ?? 1,
      score: (rollouts, run) => exported.score(rollouts, run),
    }
  }
  // What a module exports has no type here; what it gives is checked where it is used.
  const score = exported as Exported
  return functionReward(
    name ?? (exportName === 'default' ? 'function' : exportName),
    (rollout, call) => score(rollout, { ...call, options }),
    own,
  )
}

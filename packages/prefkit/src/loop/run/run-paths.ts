import { resolve } from 'node:path'
import type { RunConfig } from './config/run-config'

const resolved = (path: string): string => resolve(path)

/** Settings that are paths, wherever they stand: a run may be resumed from another folder. */
const pathSettings: ReadonlySet<string> = new Set([
  ...['path', 'adapter', 'tokenizer', 'chatTemplate', 'module', 'rubrics', 'files', 'heldOutFiles', 'texts'],
])

/** Sections whose setting `model` is a path; elsewhere it is what a server calls it. */
const modelSections: ReadonlySet<string> = new Set(['rewardModel', 'judge'])

const isPath = (section: string, name: string): boolean =>
  pathSettings.has(name) || (name === 'model' && modelSections.has(section))

/** A judge on this machine. */
const localJudge = (judge: string): string =>
  judge.replace(/^(local|reward-model):(.+)$/, (_, kind, path) => `${kind}:${resolved(path)}`)

function rooted(value: unknown, section: string): unknown {
  if (Array.isArray(value)) return value.map((each) => rooted(each, section))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, rootedSetting(name, each, section)]),
  )
}

function rootedSetting(name: string, value: unknown, section: string): unknown {
  // The rubrics of a judge that is trained are chosen by a word.
  const isWord = name === 'rubrics' && section === 'judge'
  if (typeof value === 'string' && name === 'judge') return localJudge(value)
  if (typeof value === 'string' && isPath(section, name) && !isWord) return resolved(value)
  if (Array.isArray(value) && isPath(section, name)) return value.map(String).map(resolved)
  return rooted(value, section === '' ? name : section)
}

/** A configuration whose paths begin at the root; those that are relative are meant from the working directory. */
export const withRootedPaths = (config: RunConfig): RunConfig =>
  // Only texts that are paths are other texts.
  rooted(config, '') as RunConfig

/** The files of data that a configuration names: what is read of them must not change while the run goes on. */
export function dataFiles({ prompts, sft, comparisons, judge }: RunConfig): string[] {
  const lists = [
    prompts?.files,
    prompts?.heldOutFiles,
    sft?.files,
    comparisons?.source === 'human' ? comparisons.files : [],
    judge?.sft?.files,
  ]
  return [...new Set(lists.flatMap((files) => files ?? []))]
}

/** The models that a configuration names, with their adapters: neither must these. */
export function modelPaths({ model, rewardModel, judge }: RunConfig): string[] {
  const others = [
    rewardModel && 'model' in rewardModel ? rewardModel.model : undefined,
    rewardModel?.kind === 'saved' ? rewardModel.path : undefined,
    judge?.model,
  ]
  return [...new Set([model.path, model.adapter, ...others].filter((path) => path !== undefined))]
}

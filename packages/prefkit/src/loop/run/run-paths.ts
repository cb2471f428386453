import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunConfig } from './config/run-config'
import { type RewardConfig, reward as rewardSchema } from './config/sections/rewards'
import { baseIn } from './models/reward-model-note'

/** What lies at a path: rows of data, another file, a language model, or a directory in which something was trained. */
export type PathKind = 'data' | 'file' | 'model' | 'trained'

/** Where a setting stands, from the root of the configuration. */
type Place = readonly PropertyKey[]

/** Makes another path of one. */
type MapPath = (path: string, kind: PathKind, place: Place) => string

/** Settings of a section that are paths. `judge`: the name of a judge, which may have a path behind its colon. */
type Kinds<Section> = { readonly [Name in keyof Section]?: PathKind | 'judge' }

/** Judges on this machine, by what stands before the colon. */
const localJudges: Readonly<Record<string, PathKind>> = { local: 'model', 'reward-model': 'trained' }

function mapJudge(judge: string, map: MapPath, place: Place): string {
  const [, name = '', path] = /^([\w-]+):(.+)$/s.exec(judge) ?? []
  const kind = Object.hasOwn(localJudges, name) ? localJudges[name] : undefined
  return kind && path ? `${name}:${map(path, kind, place)}` : judge
}

function mapValue(value: unknown, kind: PathKind | 'judge', map: MapPath, place: Place): unknown {
  if (Array.isArray(value)) return value.map((each, i) => mapValue(each, kind, map, [...place, i]))
  if (typeof value !== 'string') return value
  return kind === 'judge' ? mapJudge(value, map, place) : map(value, kind, place)
}

/** A section, or one that is not there, with other paths at these settings. */
function mapSection<Section extends object | undefined>(
  section: Section,
  kinds: Kinds<NonNullable<Section>>,
  map: MapPath,
  place: Place,
): Section {
  if (section === undefined) return section
  const changed = Object.entries(section).map(([name, value]) => {
    const kind = kinds[name as keyof typeof kinds]
    return [name, kind === undefined ? value : mapValue(value, kind, map, [...place, name])]
  })
  // Only texts that are paths are other texts.
  return Object.fromEntries(changed) as Section
}

/** Every setting of any type of reward that is a path: none is called as one that is not. */
const ofRewards: Readonly<Record<string, PathKind | 'judge'>> = {
  ...{ path: 'trained', module: 'file', rubrics: 'file', judge: 'judge' },
}

function mapReward(reward: RewardConfig, map: MapPath, place: Place): RewardConfig {
  const mapped = mapSection(reward, ofRewards as Kinds<RewardConfig>, map, place)
  if (mapped.type !== 'length') return mapped
  // Its options are of a function, but for a reward that says which responses are right.
  const { correct } = mapped.options
  const parsed = rewardSchema.safeParse(correct)
  return parsed.success
    ? {
        ...mapped,
        options: {
          ...mapped.options,
          correct: mapReward(parsed.data, map, [...place, 'options', 'correct']),
        },
      }
    : mapped
}

function mapComparisons(comparisons: RunConfig['comparisons'], map: MapPath): RunConfig['comparisons'] {
  if (comparisons?.source === 'human') return mapSection(comparisons, { files: 'data' }, map, ['comparisons'])
  if (comparisons?.source === 'judged')
    return mapSection(comparisons, { judge: 'judge' }, map, ['comparisons'])
  return (
    comparisons && { ...comparisons, golden: mapReward(comparisons.golden, map, ['comparisons', 'golden']) }
  )
}

function mapJudgeSection(judge: RunConfig['judge'], map: MapPath): RunConfig['judge'] {
  const mapped = mapSection(judge, { model: 'model' }, map, ['judge'])
  return mapped?.sft
    ? { ...mapped, sft: mapSection(mapped.sft, { files: 'data' }, map, ['judge', 'sft']) }
    : mapped
}

function mapRewardModel(model: RunConfig['rewardModel'], map: MapPath): RunConfig['rewardModel'] {
  if (model?.kind === 'saved') return mapSection(model, { path: 'trained' }, map, ['rewardModel'])
  return model?.kind === 'embeddings' ? model : mapSection(model, { model: 'model' }, map, ['rewardModel'])
}

const mapPolicy = (policy: RunConfig['policy'], map: MapPath): RunConfig['policy'] =>
  policy && 'rewards' in policy
    ? { ...policy, rewards: policy.rewards.map((each, i) => mapReward(each, map, ['policy', 'rewards', i])) }
    : policy

const ofModel = { path: 'model', adapter: 'model', tokenizer: 'file', chatTemplate: 'file' } as const

/** A configuration with other paths; what is handed on to functions is left as it is. */
function mapPaths(config: RunConfig, map: MapPath): RunConfig {
  const { evaluation } = config
  // What is not there stays so.
  const sections = {
    model: mapSection(config.model, ofModel, map, ['model']),
    prompts: mapSection(config.prompts, { files: 'data', heldOutFiles: 'data' }, map, ['prompts']),
    sft: mapSection(config.sft, { files: 'data' }, map, ['sft']),
    comparisons: mapComparisons(config.comparisons, map),
    rewardModel: mapRewardModel(config.rewardModel, map),
    judge: mapJudgeSection(config.judge, map),
    policy: mapPolicy(config.policy, map),
    evaluation: evaluation.golden
      ? { ...evaluation, golden: mapReward(evaluation.golden, map, ['evaluation', 'golden']) }
      : evaluation,
  }
  const given = Object.entries(sections).filter(([, section]) => section !== undefined)
  return { ...config, ...Object.fromEntries(given) }
}

/**
 * A configuration whose paths begin at the root, as a run may be resumed from another folder; those that are relative are meant from
 * the working directory.
 */
export const withRootedPaths = (config: RunConfig): RunConfig => mapPaths(config, (path) => resolve(path))

/** A path, with where it is said. */
export interface RunPath {
  readonly path: string
  readonly kind: PathKind
  readonly place: Place
}

/** All paths of a configuration. */
export function pathsOf(config: RunConfig): readonly RunPath[] {
  const found: RunPath[] = []
  mapPaths(config, (path, kind, place) => {
    found.push({ path, kind, place })
    return path
  })
  return found
}

const distinct = (paths: readonly string[]): string[] => [...new Set(paths)]

/** The files that a configuration names, of data, code and words: what is read of them must not change while the run goes on. */
export const dataFiles = (config: RunConfig): string[] =>
  distinct(pathsOf(config).flatMap(({ path, kind }) => (kind === 'data' || kind === 'file' ? [path] : [])))

/** What was trained is said in a directory, and lies in another within; an adapter is of a model somewhere else. */
function trainedPlaces(path: string): string[] {
  const base = baseIn(path)
  return [path, join(path, 'model'), ...(base === undefined ? [] : [base])].filter(existsSync)
}

/** A run that trained an adapter has it in a directory within, as `adapterPath` finds it. */
function adapterPlace(path: string): string {
  const inRun = join(path, 'model')
  return existsSync(join(inRun, 'adapter_config.json')) ? inRun : path
}

/** The models that a configuration names, with their adapters and what these are of: neither must these. */
export const modelPaths = (config: RunConfig): string[] =>
  distinct(
    pathsOf(config).flatMap(({ path, kind, place }) => {
      if (kind === 'model') return [place.at(-1) === 'adapter' ? adapterPlace(path) : path]
      return kind === 'trained' ? trainedPlaces(path) : []
    }),
  )

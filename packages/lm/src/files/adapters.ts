import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSafetensors, replaceDirectory, writeSafetensors } from '@prefkit/nn/files'
import type { Tensor } from '@prefkit/tensor'
import { checkOptions, excerpt } from '../check-options'
import { isRecord } from '../config/field-reader'
import type { ModelConfig } from '../config/model-config'
import { headShapes } from '../heads/head-shapes'
import { rewardHeadName } from '../heads/reward-head'
import { valueHeadNames } from '../heads/value-head'
import { LmError } from '../lm-error'
import { type LoraConfig, resolveLora } from '../lora/lora-config'
import { linearModules, loraShapes } from '../lora/target-modules'
import { requireTensors } from '../models/require-tensors'
import type { Weights } from '../models/weights'
import { readJsonIfThere } from './read-json'
import { translated } from './translate-error'
import { readValueHead, writeValueHead } from './value-head-file'

const fileNames = {
  config: 'adapter_config.json',
  weights: 'adapter_model.safetensors',
} as const

const prefix = 'base_model.model.'

/** What an adapter is: a low-rank change, and a head that was trained with it. */
export interface Adapter {
  readonly lora: LoraConfig
  /** `<module>.lora_A.weight`, `<module>.lora_B.weight`; those of a value head or a reward head where there is one. */
  readonly weights: Weights
}

/** Options of {@link saveAdapter}. */
export interface SaveAdapterOptions {
  /** Directory or hub id of the model that is changed, which programs may load by it. Default: none. */
  baseModel?: string
}

const pick = (weights: Weights, chosen: (name: string) => boolean): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => chosen(name)))

const isValueHead = (name: string): boolean => (Object.values(valueHeadNames) as string[]).includes(name)

/** The shapes of an adapter's tensors, heads included where they are among the names. */
function adapterShapes(config: ModelConfig, lora: LoraConfig, names: readonly string[]) {
  const { value, reward } = headShapes(config)
  const present = Object.entries({ ...value, ...reward }).filter(([name]) => names.includes(name))
  return { ...loraShapes(config, lora), ...Object.fromEntries(present) }
}

const requireAdapter = (owner: string, config: ModelConfig, { lora, weights }: Adapter): void =>
  requireTensors(owner, adapterShapes(config, lora, Object.keys(weights)), weights)

/** The fields of adapter_config.json that PEFT needs, in its names. */
function configToJson(config: ModelConfig, { lora, weights }: Adapter, { baseModel }: SaveAdapterOptions) {
  const { rank, alpha, dropout, targetModules, useRslora } = resolveLora(lora)
  const ends = new Set(linearModules(config).map(({ name }) => name.split('.').at(-1)!))
  const rewards = rewardHeadName in weights
  return {
    base_model_name_or_path: baseModel ?? null,
    bias: 'none',
    fan_in_fan_out: config.family === 'gpt2',
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: dropout,
    modules_to_save: rewards ? ['score'] : null,
    peft_type: 'LORA',
    r: rank,
    target_modules: targetModules === 'all-linear' ? [...ends].sort() : targetModules,
    task_type: rewards ? 'SEQ_CLS' : 'CAUSAL_LM',
    use_dora: false,
    use_rslora: useRslora,
  }
}

/**
 * Saves a low-rank change as a directory in PEFT's layout: adapter_config.json and adapter_model.safetensors, and a value
 * head in value_head.safetensors, as TRL names it. The directory is replaced whole or not at all.
 * @param config of the model that is changed.
 * @throws LmError `MISSING_TENSOR`, `TENSOR_MISMATCH` when the weights are not those of such a change; `INVALID_OPTION`;
 *   `WRITE_FAILED` when it cannot be written: what was there before is then as it was.
 */
export async function saveAdapter(
  path: string,
  config: ModelConfig,
  adapter: Adapter,
  options: SaveAdapterOptions = {},
): Promise<void> {
  checkOptions('saveAdapter', options, { baseModel: true })
  requireAdapter('weights', config, adapter)
  const stored = pick(adapter.weights, (name) => !isValueHead(name))
  const head = pick(adapter.weights, isValueHead)
  const named = Object.entries(stored).map(([name, tensor]) => [`${prefix}${name}`, tensor] as const)
  const json = JSON.stringify(configToJson(config, adapter, options), null, 2)
  await translated(() =>
    replaceDirectory(path, async (directory) => {
      await writeFile(join(directory, fileNames.config), `${json}\n`)
      const metadata = { format: 'pt' }
      await writeSafetensors(join(directory, fileNames.weights), Object.fromEntries(named), { metadata })
      await writeValueHead(directory, head)
    }),
  )
}

/** Ways to draw a change that leave the weights it changes as they are; PEFT changes these for others, PiSSA among them. */
const plainInits: readonly unknown[] = [true, false, null, 'gaussian', 'eva', 'orthogonal']

/** Null, false, or an empty list or object. */
function isNothing(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** Fields of a plain change, and the values that they may have. */
const plainFields: Readonly<Record<string, (value: unknown) => boolean>> = {
  bias: (value) => value === 'none',
  init_lora_weights: (value) => plainInits.includes(value),
}

/** Fields that are read elsewhere, or say nothing of what a change computes. */
const otherFields: ReadonlySet<string> = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  // Of how a change was drawn.
  'eva_config',
  'fan_in_fan_out',
  'inference_mode',
  'lora_alpha',
  'lora_dropout',
  'megatron_core',
  'modules_to_save',
  'peft_type',
  'peft_version',
  'qalora_group_size',
  'r',
  'revision',
  // What is drawn at random when runs begin.
  'runtime_config',
  'target_modules',
  'task_type',
  'use_rslora',
])

/** Whatever field else has a value makes PEFT do more than is done here. */
const isPlain = (name: string, value: unknown): boolean =>
  otherFields.has(name) || (plainFields[name] ?? isNothing)(value)

function requirePlain(path: string, json: Readonly<Record<string, unknown>>): void {
  if (json.peft_type !== 'LORA') {
    const problem = `peft_type: expected "LORA", got ${excerpt(json.peft_type)}`
    throw new LmError('UNSUPPORTED_ADAPTER', `${path}: ${problem}`)
  }
  const odd = Object.entries(json).find(([name, value]) => !isPlain(name, value))
  if (odd) {
    throw new LmError('UNSUPPORTED_ADAPTER', `${path}: ${odd[0]}: ${excerpt(odd[1])} is not supported`)
  }
  // PEFT names both for whatever model with a head; which is there, the tensors tell.
  const saved = json.modules_to_save ?? []
  if (Array.isArray(saved) && saved.every((name) => name === 'score' || name === 'classifier')) return
  const problem = `only a reward head, "score", can be saved with a change, got ${excerpt(saved)}`
  throw new LmError('UNSUPPORTED_ADAPTER', `${path}: modules_to_save: ${problem}`)
}

/** A pattern of modules as PEFT takes one, which whole names match, as their names. */
function matchingModules(path: string, config: ModelConfig, pattern: string): string[] {
  const at = `${path}: target_modules: ${excerpt(pattern)}`
  try {
    const whole = new RegExp(`^(?:${pattern})$`, 'u')
    const names = linearModules(config).flatMap(({ name }) => (whole.test(name) ? [name] : []))
    if (names.length > 0) return names
  } catch (cause) {
    throw new LmError('UNSUPPORTED_ADAPTER', `${at}: expected a pattern that JavaScript reads too`, { cause })
  }
  throw new LmError('INVALID_OPTION', `${at}: no linear map of the family ${config.family} has such a name`)
}

function loraOf(
  path: string,
  config: ModelConfig,
  json: Readonly<Record<string, unknown>>,
): Required<LoraConfig> {
  requirePlain(path, json)
  const { target_modules: targets } = json
  const isPattern = typeof targets === 'string' && targets !== 'all-linear'
  const targetModules = isPattern ? matchingModules(path, config, targets) : targets
  try {
    // Checked by what follows, whatever the file has.
    return resolveLora({
      rank: json.r,
      alpha: json.lora_alpha,
      dropout: json.lora_dropout ?? 0,
      targetModules,
      useRslora: json.use_rslora ?? false,
    } as LoraConfig)
  } catch (cause) {
    if (!LmError.isInstance(cause)) throw cause
    throw new LmError('INVALID_FILE', `${path}: ${cause.message}`, { cause })
  }
}

/**
 * Loads a low-rank change that PEFT or {@link saveAdapter} saved, with the head that lies beside it. A pattern of modules becomes
 * their names.
 * @param config of the model that is changed.
 * @throws LmError `MISSING_FILE`, `INVALID_FILE`, `READ_FAILED`; `UNSUPPORTED_ADAPTER` for other methods of PEFT and for
 *   variants of LoRA, among them those that change other weights than the model's (PiSSA, OLoRA, LoftQ, CorDA);
 *   `INVALID_OPTION` when the model has none of the modules; `MISSING_TENSOR`, `TENSOR_MISMATCH` when the tensors are not
 *   those of the configuration, such as of another rank.
 */
export async function loadAdapter(
  path: string,
  config: ModelConfig,
): Promise<{ readonly lora: Required<LoraConfig>; readonly weights: Weights }> {
  const at = join(path, fileNames.config)
  const json = await readJsonIfThere(at)
  if (json === undefined) {
    const problem = `expected ${fileNames.config} and ${fileNames.weights}, as PEFT saves an adapter`
    throw new LmError('MISSING_FILE', `${path}: ${problem}`)
  }
  if (!isRecord(json)) throw new LmError('INVALID_FILE', `${at}: expected an object, got ${excerpt(json)}`)
  const lora = loraOf(at, config, json)
  const file = join(path, fileNames.weights)
  const { tensors } = await translated(() => readSafetensors(file))
  const head = await readValueHead(path)
  const named = Object.entries(tensors).map(([name, tensor]) => {
    if (name.startsWith(prefix)) return [name.slice(prefix.length), tensor] as const
    throw new LmError('TENSOR_MISMATCH', `${file}: ${name}: expected a name that begins with ${prefix}`)
  })
  const weights = { ...Object.fromEntries(named), ...head }
  requireAdapter(file, config, { lora, weights })
  return { lora, weights }
}

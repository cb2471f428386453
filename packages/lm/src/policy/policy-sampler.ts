import type { BackendChoice, Compilation } from '@prefkit/tensor'
import { checkOptions, excerpt } from '../check-options'
import { parameterShapes } from '../config/parameter-shapes'
import { continueToEnd, type GeneratedSequence } from '../generation/generate'
import { generateOptionNames, resolveSettings } from '../generation/generate-options'
import { mixtureOf, type OpenReader, readerOf } from '../generation/reader'
import { LmError } from '../lm-error'
import { lowRankOf } from '../lora/low-rank-of'
import type { Weights } from '../models/weights'
import { asItIs, createLanguageModel } from '../running/language-model'
import type { MaybeLoaded } from '../running/loaded-language-model'
import type { TrainedModel } from '../training/trained-model'
import type { SampleOptions } from './policy-backend'
import type { PolicyModel } from './policy-model'

/** A model that is sampled from while it learns. */
export interface PolicySampler {
  /**
   * Continues prompts.
   * @param current the values of what trains, as they are now.
   */
  sample(
    current: Weights,
    prompts: readonly ArrayLike<number>[],
    options: SampleOptions,
  ): Promise<GeneratedSequence[]>
  compilations(): Promise<Compilation[]>
  release(): Promise<void>
}

/** The change without a head, whose weights a graph that samples would take for nothing. */
const changeOf = (trained: Weights): Weights =>
  Object.fromEntries(Object.entries(trained).filter(([name]) => /\.lora_[AB]\.weight$/.test(name)))

/** The share of the reference in what is drawn from. @throws LmError `INVALID_OPTION`. */
function shareOf(reference: boolean | number): number {
  const share = Number(reference)
  if ((typeof reference === 'boolean' || typeof reference === 'number') && share >= 0 && share <= 1) {
    return share
  }
  const problem = `expected true, false or a number from 0 to 1, got ${excerpt(reference)}`
  throw new LmError('INVALID_OPTION', `sample: reference: ${problem}`)
}

/** The model as it is sampled from: what trains is handed over, the rest are constants. */
export function policySampler(
  model: PolicyModel,
  { trained: first, lora }: TrainedModel,
  backend?: BackendChoice,
): PolicySampler {
  const { config, weights, tokenizer, generationConfig } = model
  const shapes = parameterShapes(config)
  const own = (values: Weights): Weights =>
    Object.fromEntries(Object.entries(values).filter(([name]) => name in shapes))
  const runtime = createLanguageModel(config, weights, {
    variables: Object.keys(own(first)),
    name: model.name ?? 'policy',
    ...(backend === undefined ? {} : { backend }),
  })
  const extras = { ...(tokenizer ? { tokenizer } : {}), ...(generationConfig ? { generationConfig } : {}) }
  const sampler: MaybeLoaded = Object.assign(runtime, extras)
  /** The model with these values, whatever others it is handed later. */
  const withValues = (values: Weights): OpenReader => {
    runtime.update(lora ? { lowRank: lowRankOf(lora, changeOf(values)) } : { weights: own(values) })
    return readerOf(asItIs(runtime))
  }
  const readers = (current: Weights, share: number): OpenReader => {
    if (share === 0) return withValues(current)
    if (share === 1) return withValues(first)
    return mixtureOf(withValues(current), withValues(first), share)
  }

  return {
    async sample(current, prompts, options) {
      checkOptions('sample', options, { ...generateOptionNames, reference: true })
      const { reference = false, ...rest } = options
      const share = shareOf(reference)
      const settings = resolveSettings('sample', sampler, rest)
      return continueToEnd(sampler, prompts, settings, readers(current, share))
    },
    compilations: () => runtime.compilations(),
    release: () => runtime.release(),
  }
}

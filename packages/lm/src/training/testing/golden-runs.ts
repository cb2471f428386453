import { loadAdapter } from '../../files/adapters'
import { loadLanguageModel } from '../../files/load-language-model'
import { goldenPath, loadGolden } from '../../goldens/load-goldens'
import type { LoadedLanguageModel } from '../../running/loaded-language-model'
import type { Datum } from '../datum'

/** Rows as Python pads them. */
interface PaddedRows {
  readonly ids: readonly (readonly number[])[]
  readonly attentionMask: readonly (readonly number[])[]
  readonly completionMask?: readonly (readonly number[])[]
}

/** Steps of training by PyTorch. */
export interface GoldenSteps {
  readonly name: string
  readonly model: string
  readonly steps: number
  readonly learningRate: number
  readonly losses: readonly number[]
  readonly gradientNorms: readonly number[]
  readonly parameters: Readonly<Record<string, { at: readonly number[]; values: readonly number[] }>>
}

/** What PyTorch, transformers and peft made. */
export interface GoldenTraining {
  readonly batches: Readonly<Record<string, readonly PaddedRows[]>>
  readonly runs: readonly (GoldenSteps & {
    readonly kind: 'full' | 'lora'
    readonly adapter?: { readonly initial: string; readonly final?: string }
  })[]
  readonly rewards: readonly (GoldenSteps & {
    readonly scoreWeight: readonly (readonly number[])[]
    readonly chosen: PaddedRows
    readonly rejected: PaddedRows
    readonly rewards: { readonly chosen: readonly number[]; readonly rejected: readonly number[] }
    readonly scoreGradient: readonly (readonly number[])[]
  })[]
  readonly values: readonly (PaddedRows & {
    readonly name: string
    readonly model: string
    readonly weight: readonly (readonly number[])[]
    readonly bias: readonly number[]
    readonly values: readonly (readonly (number | null)[])[]
  })[]
}

export const goldenTraining = (): GoldenTraining => loadGolden('training.json')

/** A model of the goldens. */
export const goldenModel = (name: string): Promise<LoadedLanguageModel> =>
  loadLanguageModel(goldenPath(name === 'stories260K' ? 'stories260K.bin' : `models/${name}`), {
    tokenizer: false,
  })

/** Padded rows as data. */
export const dataOf = ({ ids, attentionMask, completionMask }: PaddedRows): Datum[] =>
  ids.map((row, i) => {
    const length = attentionMask[i]!.reduce((sum, each) => sum + each, 0)
    const mask = completionMask?.[i] ?? row.map(() => 0)
    return { tokens: row.slice(0, length), completionMask: mask.slice(0, length) }
  })

/** An adapter of the goldens. */
export const goldenAdapter = (directory: string, model: LoadedLanguageModel) =>
  loadAdapter(goldenPath(directory), model.config)

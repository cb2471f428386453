import type { AnnotatorConfig } from '../noise/annotator-model'

/** Options of commands that have annotators, as `addAnnotatorOptions` adds them. */
export type AnnotatorOptions = AnnotatorConfig

const names: Readonly<Record<keyof Required<AnnotatorConfig>, true>> = {
  annotator: true,
  beta: true,
  quality: true,
  parameters: true,
  ties: true,
  positionBias: true,
  lengthBias: true,
  selfPreference: true,
  personalBias: true,
  cycles: true,
  ability: true,
  fatigue: true,
  flip: true,
  worstCase: true,
}

/** What of a command's options says what annotators are like. */
export const annotatorConfigOf = (options: AnnotatorOptions): AnnotatorConfig =>
  Object.fromEntries(
    Object.entries(options).filter(([name]) => Object.hasOwn(names, name)),
  ) as unknown as AnnotatorConfig

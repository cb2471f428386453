import type { AnnotatorConfig } from '../noise/annotator-model'

/** Options of commands that have annotators, as `addAnnotatorOptions` adds them. */
export interface AnnotatorOptions extends Omit<AnnotatorConfig, 'annotator'> {
  readonly annotatorModel: AnnotatorConfig['annotator']
}

const names: Readonly<Record<keyof Required<Omit<AnnotatorConfig, 'annotator'>>, true>> = {
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
export const annotatorConfigOf = ({ annotatorModel, ...options }: AnnotatorOptions): AnnotatorConfig => ({
  ...Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(names, name))),
  annotator: annotatorModel,
})

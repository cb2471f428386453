import type { Labelled } from './checks'

/** Whether labels are replaced by their roots. */
export interface RootParameters {
  readonly reg_sqrt: boolean
}

/** Labels, or sign(y)·√|y| with `reg_sqrt`. */
export function rootLabels(checked: Labelled, { reg_sqrt }: RootParameters): Labelled {
  if (!reg_sqrt) return checked
  return { ...checked, label: checked.label.map((y) => Math.sign(y) * Math.sqrt(Math.abs(y))) }
}

/** The objective's name in a model file. */
export function rootDescription(name: string, { reg_sqrt }: RootParameters): string {
  return reg_sqrt ? `${name} sqrt` : name
}

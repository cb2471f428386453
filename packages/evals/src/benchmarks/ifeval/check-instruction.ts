import { formatValue } from '../../check-input'
import { EvalsError } from '../../evals-error'
import { argumentsOf } from './instructions/arguments'
import type { Check, CheckTools, Instruction } from './instructions/instruction'
import { type InstructionId, instructions } from './instructions/table'
import { strip } from './text/python-text'

/** An instruction type with its arguments. */
export interface InstructionRow {
  readonly id: InstructionId
  readonly kwargs: Readonly<Record<string, unknown>>
}

/** Whether a response follows an instruction. */
export interface InstructionVerdict {
  /** As it stands. */
  readonly strict: boolean
  /** In any of eight forms: without its first line, its last, both or neither, with and without asterisks. */
  readonly loose: boolean
}

const table: Readonly<Record<string, Instruction>> = instructions

/** The forms in which IFEval's loose accuracy reads a response. */
export function looseForms(response: string): string[] {
  const lines = response.split('\n')
  const cut = [lines.slice(1), lines.slice(0, -1), lines.slice(1, -1)].map((kept) => strip(kept.join('\n')))
  const forms = [response, ...cut]
  return [...forms, ...forms.map((form) => form.replaceAll('*', ''))]
}

/** Where the id and the arguments of an instruction were found, for messages. */
export interface InstructionPlace {
  readonly id: string
  readonly kwargs: string
}

/** The check of an instruction. */
export function buildCheck(
  place: InstructionPlace,
  id: string,
  kwargs: Readonly<Record<string, unknown>>,
): Check {
  const instruction = Object.hasOwn(table, id) ? table[id] : undefined
  if (instruction === undefined) {
    const known = Object.keys(instructions).join(', ')
    throw new EvalsError(
      'INVALID_ROW',
      place.id,
      `${place.id} is ${formatValue(id)}; expected one of ${known}`,
    )
  }
  return instruction.build(argumentsOf(place.kwargs, kwargs, instruction.arguments))
}

/** The verdict of a check on a response; nothing is followed by a response of white space. */
export function verdictOf(check: Check, response: string, tools: CheckTools): InstructionVerdict {
  const passes = (form: string) => strip(form) !== '' && check(form, tools)
  return { strict: passes(response), loose: looseForms(response).some(passes) }
}

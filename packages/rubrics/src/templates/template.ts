import { formatValue } from '../check-options'
import { RubricError } from '../rubric-error'

type Trim<Text extends string> = Text extends ` ${infer Rest}`
  ? Trim<Rest>
  : Text extends `${infer Rest} `
    ? Trim<Rest>
    : Text

/** The names of the slots in a text that the compiler knows, such as `question` in `Q: {{question}}`. */
export type SlotsOf<Text extends string> = string extends Text
  ? string
  : Text extends `${string}{{${infer Name}}}${infer Rest}`
    ? Trim<Name> | SlotsOf<Rest>
    : never

/** Text with named slots, `{{name}}`, and nothing else: no conditions, no loops. Make one by `template`. */
export interface Template<Slot extends string = string> {
  readonly text: string
  /** The slots, each once, in the order of their first use. */
  readonly slots: readonly Slot[]
  /** How often a slot occurs. */
  readonly count: (slot: Slot) => number
}

/**
 * A template with all slots that are `Required`, perhaps some that are `Optional`, and no others: what an option asks
 * for. The compiler refuses another, where it knows the text.
 */
export interface TemplateWith<Required extends string, Optional extends string = never> {
  readonly text: string
  readonly slots: readonly (Required | Optional)[]
  /** A function that takes every required slot: only a template that has them all has one. */
  readonly count: (slot: Required) => number
}

const place = (text: string, index: number): string => {
  const lines = text.slice(0, index).split('\n')
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`
}

function refuse(message: string): never {
  throw new RubricError('INVALID_TEMPLATE', 'text', message)
}

/** A text taken apart: literal text at even indices, names of slots between, at odd ones. */
export function splitTemplate(text: string): readonly string[] {
  if (typeof text !== 'string') refuse(`text is ${formatValue(text)}; expected a text with slots`)
  const parts: string[] = []
  let end = 0
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', end)) {
    const close = text.indexOf('}}', open)
    const inner = close < 0 ? '' : text.slice(open + 2, close)
    if (close < 0 || inner.includes('{{')) {
      refuse(`text has a {{ at ${place(text, open)} that is not closed; expected }} after the name of a slot`)
    }
    const name = inner.trim()
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) {
      const found = `text has ${JSON.stringify(`{{${inner}}}`)} at ${place(text, open)}`
      refuse(`${found}; expected the name of a slot: letters and digits, a letter first`)
    }
    parts.push(text.slice(end, open), name)
    end = close + 2
  }
  return [...parts, text.slice(end)]
}

/**
 * A template of a text with slots: `template('Is this an answer to {{question}}?')`. Its slots are known to the
 * compiler where the text is; for a text that is read from somewhere, name them: `template(text, ['question'])`.
 *
 * Throws `RubricError` `INVALID_TEMPLATE` where a `{{` is not closed, a slot has no proper name, or, with `slots`, the
 * text has another slot than those or lacks one. There is no way to write a literal `{{`.
 */
export function template<const Text extends string>(text: Text): Template<SlotsOf<Text>>
export function template<const Slot extends string>(text: string, slots: readonly Slot[]): Template<Slot>
export function template(text: string, slots?: readonly string[]): Template {
  const used = splitTemplate(text).filter((_, i) => i % 2 === 1)
  const made: Template = {
    text,
    slots: [...new Set(used)],
    count: (slot) => used.filter((name) => name === slot).length,
  }
  if (slots !== undefined) checkSlots('text', made, slots, [])
  return made
}

/**
 * Throws `INVALID_TEMPLATE` for a slot that is neither required nor optional, such as a misspelt one, for a required
 * one that is missing, and for what is no template.
 */
export function checkSlots(
  parameter: string,
  given: Pick<Template, 'text' | 'slots'>,
  required: readonly string[],
  optional: readonly string[],
): void {
  const text: unknown = given?.text
  const fail = (message: string): never => {
    throw new RubricError('INVALID_TEMPLATE', parameter, `${parameter} ${message}`)
  }
  if (typeof text !== 'string') fail(`is ${formatValue(given)}; expected a template, made by template(…)`)
  const used = splitTemplate(given.text).filter((_, i) => i % 2 === 1)
  const unknown = used.find((name) => !required.includes(name) && !optional.includes(name))
  const known = [...required, ...optional].join(', ')
  if (unknown !== undefined) fail(`has the slot {{${unknown}}}; expected slots among ${known}`)
  const missing = required.find((name) => !used.includes(name))
  if (missing !== undefined) fail(`lacks the slot {{${missing}}}; expected each of ${required.join(', ')}`)
}

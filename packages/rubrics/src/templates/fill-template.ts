import { RubricError } from '../rubric-error'
import { splitTemplate, type Template } from './template'

/** Whether nothing but the slot at an odd index stands on its line. */
const aloneOnLine = (parts: readonly string[], slot: number): boolean =>
  /(?:^|\n)$/.test(parts[slot - 1]!) &&
  /^(?:\n|$)/.test(parts[slot + 1]!) &&
  // Literal text that is empty has a slot before or after it, unless it is an end of the template.
  (parts[slot - 1] !== '' || slot === 1) &&
  (parts[slot + 1] !== '' || slot + 2 === parts.length)

/**
 * The text of a template with its slots filled, in one pass: what looks like a slot in a value stays as it is.
 *
 * A line that is nothing but a slot whose value is empty is left out, with the blank lines after it. Throws
 * `INVALID_TEMPLATE` for a slot without a value.
 */
export function fillTemplate<Slot extends string>(
  { text }: Pick<Template<Slot>, 'text'>,
  values: Readonly<Record<NoInfer<Slot>, string>>,
): string {
  const parts = splitTemplate(text)
  const given: Readonly<Record<string, string>> = values
  const filled = [...parts]
  for (let i = 1; i < parts.length; i += 2) {
    const slot = parts[i]!
    if (!Object.hasOwn(given, slot) || typeof given[slot] !== 'string') {
      const message = `values lacks ${slot}; expected a text for the slot {{${slot}}}`
      throw new RubricError('INVALID_TEMPLATE', slot, message)
    }
    filled[i] = given[slot]
    if (given[slot] !== '' || !aloneOnLine(parts, i)) continue
    if (parts[i + 1] === '') filled[i - 1] = filled[i - 1]!.replace(/\n+$/, '')
    else filled[i + 1] = filled[i + 1]!.replace(/^\n+/, '')
  }
  return filled.join('')
}

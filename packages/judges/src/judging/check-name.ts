import { formatValue } from '../check-options'
import { JudgeError } from '../judge-error'

/**
 * Throws `INVALID_OPTION` for a missing or empty name: by it a journal and a panel tell one judge from another of its
 * kind, and by a name of the kind they would take one for the other.
 */
export function checkName(owner: string, name: unknown): void {
  if (typeof name === 'string' && name !== '') return
  const expected = 'a text that tells this judge from others'
  throw new JudgeError(
    'INVALID_OPTION',
    'name',
    `${owner}: name is ${formatValue(name)}; expected ${expected}`,
  )
}

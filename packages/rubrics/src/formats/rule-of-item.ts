import { checkText } from '../containment/conversation'
import { RubricError } from '../rubric-error'

/**
 * The rule to show: the item's own, or else the format's. Throws `INVALID_ITEM` where the template has no place for the
 * item's, which would be judged by another rule than was asked for.
 */
export function ruleOfItem(own: string | undefined, rule: string, slots: readonly string[]): string {
  if (own === undefined) return rule
  checkText('rule', own)
  if (slots.includes('rule')) return own
  const message = 'rule is given by the item; expected a template with the slot {{rule}} to show it'
  throw new RubricError('INVALID_ITEM', 'rule', message)
}

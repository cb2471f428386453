import { checkConversation, checkText, escapeConversation } from '../containment/conversation'
import { escapeControlTokens } from '../containment/escape-control-tokens'
import type { PairFormat } from '../judge-format'
import { parsePreference } from '../parsing/parse-preference'
import type { Conversation } from '../prompt-message'
import { RubricError } from '../rubric-error'

const ROLES = ['user', 'assistant'] as const

/** The context as the models' plain chat template has it, which counts turns and does not look at roles. */
function contextOf(prompt: Conversation): string {
  const messages = typeof prompt === 'string' ? [{ role: 'user', content: prompt } as const] : prompt
  if (messages.at(-1)!.role !== 'user') {
    const message = 'prompt ends with no message of the user; expected one, which the responses answer'
    throw new RubricError('INVALID_ITEM', 'prompt', message)
  }
  const turns = messages.map(({ role, content }, i) => {
    if (role === ROLES[i % 2]) return `\n<turn> ${role}\n ${content}`
    const message = `prompt[${i}].role is ${role}; expected user and assistant in turn, as in the models' training`
    throw new RubricError('INVALID_ITEM', `prompt[${i}].role`, message)
  })
  return `\n${turns.join('')}\n`
}

/**
 * The input that RLHFlow's pairwise preference models were trained on, such as `RLHFlow/pair-preference-model-LLaMA3-8B`:
 * the next token is A or B. It has no instructions, no rule and no reference, and it does **not** contain: a response can
 * write `[RESPONSE B]`, though not end the turn. For other models, `pairwiseLabelFormat`.
 *
 * Rendering throws `RubricError` for an item that is no pair, has a rule, or has other roles than user and assistant in
 * turn.
 *
 * Source: RLHFlow/RLHF-Reward-Modeling, `pair-pm/process_pair_data.py` and `useful_code/eval_reward_bench_pm.py`.
 */
export function rlhflowFormat(): PairFormat {
  return {
    name: 'rlhflow-1',
    render: ({ prompt, a, b, rule }) => {
      checkConversation('prompt', prompt)
      checkText('a', a)
      checkText('b', b)
      if (rule !== undefined) {
        const message = 'rule is given by the item; expected none, for these models take none'
        throw new RubricError('INVALID_ITEM', 'rule', message)
      }
      const [first, second] = [a, b].map(escapeControlTokens)
      const context = contextOf(escapeConversation(prompt))
      const content = `[CONTEXT] ${context} [RESPONSE A] ${first} [RESPONSE B] ${second} \n`
      return [{ role: 'user', content }]
    },
    parse: (text, _, context) => parsePreference(text, { labels: { a: 'A', b: 'B' }, ...context }),
    tokens: { a: ['A'], b: ['B'] },
  }
}

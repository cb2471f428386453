import { checkOptions } from '../check-options'
import type { AnswerTokens, PairFormat } from '../judge-format'
import { mapParsed } from '../parsed'
import { parseYesNo } from '../parsing/parse-yes-no'
import { template } from '../templates/template'
import { FENCE_NOTE } from './fence-note'
import { formatName } from './format-name'
import { type PairFormatOptions, type PairTemplate, pairPrompt } from './pair-prompt'

/** Spellings of an answer as a next token: with a space before it and without. */
const spellings = (...words: readonly string[]): readonly string[] =>
  words.flatMap((word) => [word, ` ${word}`])

/** The spellings of yes and no that a next token may have. */
export const yesNoTokens: AnswerTokens = {
  a: /* @__PURE__ */ spellings('yes', 'Yes', 'YES'),
  b: /* @__PURE__ */ spellings('no', 'No', 'NO'),
}

/** The prompt of `pairwiseYesNoFormat`. */
export const yesNoTemplate: PairTemplate = /* @__PURE__ */ template(`\
Two responses to a question are compared by a rule. ${FENCE_NOTE}

Rule: {{rule}}

{{prompt}}

{{reference}}

{{a}}

{{b}}

Given the question and the rule, is response A better than response B? Answer yes or no.`)

/**
 * Pairwise-RL's question: given question q and rule R, is A better than B? Answer yes or no. The answer is the very
 * next token, so its probability can be read from `tokens` instead of the text.
 *
 * Throws `RubricError` for options, and for an item that is no pair, or lacks a reference that is required.
 *
 * Source: 2504.04950. The question is the paper's; what is around it is ours.
 */
export function pairwiseYesNoFormat(options: PairFormatOptions = {}): PairFormat {
  const names = { name: true, system: true, reference: true, rule: true, template: true } as const
  checkOptions('pairwiseYesNoFormat', options, names)
  const { template: shape = yesNoTemplate, ...rest } = options
  return {
    name: formatName('pairwise-yes-no-1', options),
    render: pairPrompt(rest, { template: shape, labels: { a: 'A', b: 'B' } }),
    parse: (text, _, context) =>
      mapParsed(parseYesNo(text, context), (yes) => ({ preferred: yes ? 'a' : 'b' })),
    tokens: yesNoTokens,
  }
}

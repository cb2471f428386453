import type { PairAnswer } from '../answers'
import { checkOptions } from '../check-options'
import type { AnswerTokens, PairFormat, ParseContext } from '../judge-format'
import { mapParsed, type Parsed } from '../parsed'
import { ambiguous } from '../parsing/outcomes'
import { parsePreference } from '../parsing/parse-preference'
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

const LABELS = { a: 'A', b: 'B' } as const

/** Yes is A and no is B, unless the reason says the reverse: `No, response A is better.` */
function parseAnswer(text: string, context: ParseContext | undefined): Parsed<PairAnswer> {
  const answer = mapParsed(parseYesNo(text, context), (yes): PairAnswer => ({ preferred: yes ? 'a' : 'b' }))
  if (!('value' in answer)) return answer
  const reason = parsePreference(text, { labels: LABELS, sentence: '{label} is better.' })
  const said = 'value' in reason ? [reason.value] : reason.status === 'ambiguous' ? reason.candidates : []
  return said.every(({ preferred }) => preferred === answer.value.preferred)
    ? answer
    : ambiguous([answer.value, ...said], 'the reason contradicts the answer')
}

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
    parse: (text, _, context) => parseAnswer(text, context),
    tokens: yesNoTokens,
  }
}

import { checkOptions } from '../check-options'
import type { PairFormat } from '../judge-format'
import { parsePreference } from '../parsing/parse-preference'
import { type TemplateWith, template } from '../templates/template'
import { checkChoice, checkFlag } from './check-choice'
import { FENCE_NOTE } from './fence-note'
import { formatName } from './format-name'
import { type PairFormatOptions, pairPrompt } from './pair-prompt'

/** Options of {@link pairwiseReasoningFormat}. */
export interface PairwiseReasoningFormatOptions extends Omit<PairFormatOptions, 'template'> {
  /** Whether the judge may say that neither is better. Default: false. */
  readonly ties?: boolean
  /**
   * How the verdict is written: `[[A]]`, as MT-Bench and RewardBench ask for, or `<answer>A</answer>`. Default:
   * `brackets`.
   */
  readonly verdict?: 'brackets' | 'tag'
  /** As in other pair formats, with the slot `verdict`, the ways to write it, which must be there. */
  readonly template?: TemplateWith<'prompt' | 'a' | 'b' | 'verdict', 'rule' | 'reference' | 'fence'>
}

/** The prompt of `pairwiseReasoningFormat`. */
export const reasoningTemplate = /* @__PURE__ */ template(`\
Two responses to a prompt are compared by a rule. ${FENCE_NOTE}

Rule: {{rule}}

{{prompt}}

{{reference}}

{{a}}

{{b}}

First say what this prompt asks for and what a good response to it must get right. Then hold each response \
against that, quoting what decides. Be as strict with the one as with the other; which comes first means \
nothing.

End with your verdict on a line of its own: {{verdict}}.`)

const marks = {
  brackets: (label: string) => `[[${label}]]`,
  tag: (label: string) => `<answer>${label}</answer>`,
}

/**
 * Reasoning, then a verdict: which response is better, or with `ties` that neither is.
 *
 * Throws `RubricError` for options, and for an item that is no pair, or lacks a reference that is required.
 */
export function pairwiseReasoningFormat(options: PairwiseReasoningFormatOptions = {}): PairFormat {
  const names = { name: true, system: true, reference: true, rule: true, template: true } as const
  checkOptions('pairwiseReasoningFormat', options, { ...names, ties: true, verdict: true })
  const { ties = false, verdict = 'brackets', template: shape = reasoningTemplate, ...rest } = options
  checkFlag('ties', ties)
  checkChoice('verdict', verdict, marks)
  const mark = marks[verdict]
  const ways = [`${mark('A')} if response A is better`, `${mark('B')} if response B is better`]
  const tie = ties ? [`${mark('C')} if neither is`] : []
  const labels = ties ? { a: 'A', b: 'B', tie: 'C' } : { a: 'A', b: 'B' }
  const place = verdict === 'tag' ? { tag: 'answer' } : { brackets: true }
  const own = { verdict: [...ways, ...tie].join(', ') }
  return {
    name: formatName('pairwise-reasoning-1', options),
    render: pairPrompt(rest, { template: shape, labels, own, required: ['verdict'] }),
    parse: (text, _, context) => parsePreference(text, { labels, ...place, ...context }),
  }
}

import type { Encoding } from '../../../lm/encode-prompt'
import { type JudgeQuestion, type JudgeTemplate, judgeTemplate } from '../../scorers/judge-template'

/** The form of the question that a pairwise reward model is asked. */
export interface PairwiseForm {
  /** `instruct` is written in words; `compact` is for small vocabularies. */
  readonly template: 'instruct' | 'compact'
  /** What "better" means; null for the format's own. */
  readonly rule: string | null
}

const compact = ({ prompt, first, second }: JudgeQuestion): string =>
  `${prompt}\nA: ${first}\nB: ${second}\nIs A better?`

/** The question as tokens, and the tokens of its answers. */
export function templateOf(encoding: Encoding, { template, rule }: PairwiseForm): JudgeTemplate {
  if (template === 'instruct') return judgeTemplate(encoding, rule === null ? {} : { rule })
  // Small vocabularies have letters, and may have no words.
  return judgeTemplate(encoding, { write: compact, words: { yes: ['y'], no: ['n'] } })
}

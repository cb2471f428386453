import type { Encoding } from '../../../lm/encode-prompt'
import type { ResponsePair } from '../../rewards/scorers'
import { fitTexts } from '../../scorers/fit-texts'
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

/** A question that is made to fit. */
export interface FittingTemplate extends JudgeTemplate {
  /** Whether its texts are shortened, as the model could not read all of them. */
  readonly shortens: (pair: ResponsePair) => boolean
}

function wholeTemplate(encoding: Encoding, { template, rule }: PairwiseForm): JudgeTemplate {
  if (template === 'instruct') return judgeTemplate(encoding, rule === null ? {} : { rule })
  // Small vocabularies have letters, and may have no words.
  return judgeTemplate(encoding, { write: compact, words: { yes: ['y'], no: ['n'] } })
}

/**
 * The question as tokens, and the tokens of its answers.
 * @param maxTokens of a question: prompt and responses of longer ones lose their middles, the longest first. Default: none does.
 */
export function templateOf(
  encoding: Encoding,
  form: PairwiseForm,
  maxTokens = Number.POSITIVE_INFINITY,
): FittingTemplate {
  const whole = wholeTemplate(encoding, form)
  const { tokenizer } = encoding
  return {
    answers: whole.answers,
    shortens: (pair) => whole.tokens(pair).length > maxTokens,
    tokens({ prompt, first, second }) {
      const asked = ([asks = '', one = '', other = '']: readonly string[]) =>
        whole.tokens({
          prompt: { ...prompt, text: asks },
          ...{ first: { ...first, text: one }, second: { ...second, text: other } },
        })
      const lengthOf = (texts: readonly string[]): number => asked(texts).length
      return asked(fitTexts([prompt.text, first.text, second.text], { tokenizer, lengthOf, maxTokens }))
    },
  }
}

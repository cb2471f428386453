import { anyMark, labelOf } from './label-mentions'
import { isStated } from './stated'

/** A statement that a label is the better one, in a text whose mentions are marked. */
export interface Statement {
  /** Index of the label that is better; −1 where none is. */
  readonly label: number
  /** True when it says of itself that it concludes, as `final verdict: B` does. */
  readonly final: boolean
  /** Where it ends in the text. */
  readonly end: number
}

const S = `(${anyMark})`
const adverb =
  '(?:clearly|slightly|much|far|significantly|overall|definitely|still|generally|marginally|somewhat|considerably|therefore|thus|indeed|obviously|ultimately|actually|the|a|also|by far|in my opinion|more likely|likely|considered|deemed|judged|to be)'
const praise = '(?:better|best|superior|preferable|preferred|stronger|favou?red|winner)'
const kind =
  '(?:output|response|answer|option|one|choice|assistant|model|candidate|solution|completion|summary|text)'
const whole =
  '(?=[ \\t]{0,2}(?:$|[.!,;:)*_"”\\]\\n<—–]|- |(?:than|overall|because|since|due|for (?:this|the|these|several|many|two|three)\\b|and|but|here|while|although|though|given|compared|so|as(?! an?\\b)|(?:over|to) [\\ue000-\\ue0ff])))'
const decision = '(?:verdict|choice|decision|judge?ment|preference|winner|selection|pick)'
const link = '[*_"]{0,4}[ ]?(?:is|would be|goes to|:|=)[*_": \\n]{0,6}(?:that )?'

/** The judge's answer, not one that a response gives to a question with choices: `the correct answer is B`. */
const sentenceStart = '(?:^|[\\n.!?][ \\t]{0,2})[*#>_ -]{0,6}'
const ownAnswer = `[*_"]{0,4}[ ]?[:=][*_": \\n]{0,6}${S}(?=[ \\t]{0,2}(?:$|[.!,;*_"(\\n<]))`

interface Shape {
  readonly pattern: RegExp
  readonly final?: boolean
  /** The group that has the better label. Default: 1. */
  readonly better?: number
}

const shape = (source: string, rest: Omit<Shape, 'pattern'> = {}): Shape => ({
  pattern: new RegExp(source, 'gi'),
  ...rest,
})

const shapes: readonly Shape[] = [
  shape(`\\b(?:final|overall)[ ]${decision}${link}${S}`, { final: true }),
  shape(`${sentenceStart}(?:my |the )?(?:final|overall)[ ]answer${ownAnswer}`, { final: true }),
  shape(`\\bmy (?:final|overall)[ ]answer${link}${S}`, { final: true }),
  shape(`${sentenceStart}(?:my |the )?(?:answer|conclusion|result|label|choice)${ownAnswer}`),
  shape(`\\bmy answer${link}${S}`),
  // Elsewhere than at the end, it may be the answer to the question.
  shape(`\\\\boxed\\{?[ ]?(?:\\\\text\\{?)?${S}[}$.\\s]{0,6}$`, { final: true }),
  shape(`${S}[ ](?:is|was|would be|remains|seems)(?:[ ]${adverb}){0,5}[ ]${praise}(?:[ ]${kind})?${whole}`),
  shape(`${S}[ ](?:provides|offers|gives|is)[ ]the[ ]${praise}[ ]${kind}${whole}`),
  shape(`${S}[ ](?:clearly |narrowly )?wins${whole}`),
  shape(`${S}[ ](?:does|did)[ ](?:a|the)[ ](?:much )?better job${whole}`),
  shape(`${S}[ ](?:clearly |slightly )?(?:outperforms|surpasses|beats)[ ]${anyMark}${whole}`),
  shape(
    `\\b(?:I|we|would|will|I'd|must|have to)[ ](?:\\w{1,12}ly[ ])?(?:prefer|choose|pick|select|favou?r|go with|vote for)[ ]${S}`,
  ),
  shape(`\\b(?:better|best|preferred|winning|superior|chosen|selected|stronger)(?:[ ]${kind})?${link}${S}`),
  shape(`\\b${decision}${link}${S}`),
  shape(`\\b(?:in favou?r of)[ ]${S}`),
  shape(`${S}[ ](?:is|was)[ ](?:worse than|inferior to|weaker than|not as good as)[ ]${S}`, { better: 2 }),
  shape(`${S}[ ]{0,2}>{1,3}[ ]{0,2}${S}`),
  shape(`${S}[ ]{0,2}<{1,3}[ ]{0,2}${S}`, { better: 2 }),
  // The second of a chain: `A > B > A`.
  shape(`(?<=>[ ]{0,2})${S}[ ]{0,2}>{1,3}[ ]{0,2}${S}`),
  shape(`(?<=<[ ]{0,2})${S}[ ]{0,2}<{1,3}[ ]{0,2}${S}`, { better: 2 }),
]

const ties =
  /\b(?:it(?:'s| is) a (?:tie|draw)|(?:is|call it|declare) a (?:tie|draw)|equally good|equally bad|are tied|of equal quality|(?:verdict|answer|decision)[*_"]{0,3}[ ]?(?:is|:)[*_" ]{0,4}(?:a )?(?:tie|draw)|neither (?:one )?(?:is|of (?:them|the \w{1,12}) is) better|no clear winner)\b/gi

const ASPECT = 120

/** The criterion of which a clause speaks: `in terms of style, A is better` is no verdict on the whole. */
const aspect =
  /(?:^|[.!?;\n][ \t]{0,3}|,? (?:and|but|while) )[\s*_#>\d.)-]{0,8}(?:(?:however|moreover|also|still|but|and|purely|only|just),? )?(?:(?:(?:purely |only |just |solely )?(?:in terms of|with (?:respect|regard) to|when it comes to|regarding|concerning|as (?:for|to|regards)|judg(?:ed|ing) (?:by|on)|on (?!(?:balance|the whole|reflection|that basis|this basis|these grounds|closer)\b)|for (?!(?:this|these|that|those|all|the reason|me|several|many)\b))[^,:.;!?\n]{1,60}|(?:stylistic|grammatic|factu|structur|visu|technic|form|aesthetic|tonal|linguistic|semantic|logic)(?:al)?(?:ly)|[a-z]{3,20}-?wise(?<!likewise|otherwise)),|(?:style|clarity|tone|accuracy|truth|truthfulness|factuality|helpfulness|relevance|depth|details?|length|brevity|conciseness|coherence|creativity|grammar|formatting|structure|completeness|correctness|safety|harmlessness|honesty|readability|fluency)[*_]{0,3}:)[\s*_]{0,4}$/i

/** All that a text with marked mentions states about which is better; `tie` is the label of a tie, if there is one. */
export function verdictStatements(marked: string, tie: number | undefined): Statement[] {
  const stated = (pattern: RegExp) =>
    Array.from(marked.matchAll(pattern), (match) => ({ match, end: match.index + match[0].length })).filter(
      ({ match, end }) =>
        isStated(marked, match.index, end) &&
        !aspect.test(marked.slice(Math.max(0, match.index - ASPECT), match.index)),
    )
  const verdicts = shapes.flatMap(({ pattern, final = false, better = 1 }) =>
    stated(pattern).map(({ match, end }) => ({ label: labelOf(match[better]!), final, end })),
  )
  return [...verdicts, ...stated(ties).map(({ end }) => ({ label: tie ?? -1, final: false, end }))]
}

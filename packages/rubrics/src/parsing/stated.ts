import { anyMark } from './label-mentions'

const WINDOW = 300

/** The other branch of a rule: `if both are right, [[A]]; otherwise [[B]]`. */
const elsewise =
  /(?:^|[,;:.(—–-]|\b(?:and|or|but))[ *_]{0,4}(?:otherwise|else|in (?:the|all|any) (?:other|opposite) cases?)\b/i
/** A first impression or hearsay; it holds to the end of its sentence, or to a conclusion. */
const seeming =
  /\b(?:allegedly|supposedly|reportedly|purportedly|ostensibly|at first|at a glance|on the surface|initially,|I (?:first|initially) (?:thought|chose|gave|wrote|wanted))/i
/** A condition, or someone else's opinion; they hold to the end of their sentence, or to a conclusion. */
const supposing =
  /\b(?:if|whether|unless|assuming|suppose|supposing|(?:some|one|you|people|others|many|critics)[ ](?:(?:might|may|could|would|do|will) )?(?:say|think|argue|claim|prefer|believe|might|may|could|would)|(?:not|n't|n’t|hardly) (?:\w{1,12} )?(?:think|believe|say|agree|consider|mean|imply|claim|conclude|clear|obvious|true|certain|sure)|(?:hard|difficult|impossible|wrong|unfair|too early|tempting) to \w{1,12}|(?:could|might|may) (?:also |well )?(?:win|deserve|get|receive|be (?:better|best|preferred|chosen|rated|scored|seen|worth)))\b/i
const doubting =
  /\b(?:not|never|cannot|no|nobody|nor|neither|might|may|could|hardly|n't|n’t|although|though|while|whereas|(?:I|we)(?: (?:strongly|seriously|highly|would|must|also))? (?:doubt|disagree|hesitate|refuse|decline)|(?:false|untrue|unlikely|doubtful|questionable|debatable|disputable) that)\b|n['’]t\b/i
const conclusion =
  /[;—–]|\b(?:so|therefore|hence|thus|but|however|consequently|nevertheless|nonetheless|still)\b/gi
const clauseEnd = /[,;:—–]|\b(?:so|therefore|hence|thus|but|because|however|consequently)\b/gi

/** Said by another, or mentioned: `it writes X`, `the text X`, and then X. */
const reporting =
  /(?:\b(?:says|claims?|claimed|writes?|wrote|written|contain(?:s|ed|ing)?|includ(?:es|ed|ing)|quot(?:es|ed|ing)|reads|tells|demands|asserts|according to|users? says?|ends with|begins with|ending with|the (?:text|string|words?|phrase|tag|instruction|injection|example)|format (?:is|was))|(?<!\b(?:that|being|having) )\bsaid|(?<!\b(?:I|we|to|would|will|must|could|should|can) (?:\w{1,12} )?)\bsay)(?:[ ](?:that|the|a|an|text|words?|string|tag|following|lines?|literally|simply|just|only|verdict|answer|score)){0,4}[\s:"“*_[({]{0,8}$/i
const reported =
  /^(?:[^.!?\n]{0,60},)?["”'*)\]]{0,3}[ ](?:said|says|according to|claims|claimed|writes|wrote)\b/i

const speaker = `(?:(?:response|assistant|output|candidate|model|solution|summary|completion|answer)(?:[ ](?:\\(?[AB12]\\)?|${anyMark}))?|${anyMark}|\\bits)`
/** What a response says at its end, or of itself: `Response B's last line: X`, `Response A states its own verdict as X`. */
const ownWords = new RegExp(
  `(?:${speaker}(?:['’]s|(?<=its))[ ](?:(?:own|very|last|first|final|closing|opening|claimed|stated)[ ]){0,3}(?:lines?|words?|sentence|verdict|answer|conclusion|text|claim|output|message|statement|injection|ending|note|paragraph|decision|score|rating|judge?ment|choice)(?:[ ](?:is|was|as|being))?|\\b(?:concludes|states|stated|insists|declares|declared|announces|argues|finishes|closes|signs off)(?:[ ](?:that|its|own|final|verdict|answer|score|rating|decision|conclusion|as|with|by|saying|the|is)){0,5}|\\b(?:tell|ask|instruct|want|order|urge|command|request|direct)(?:s|ed)?[ ](?:me|us|you|the judge|judges|graders?)[ ]to[ ]\\w{1,12}(?:[ ](?:the|verdict|answer|score|a|it)){0,2})[\\s:"“*_[({]{0,8}$`,
  'i',
)
/** What is said of the answer right after it: that it is wrong, loses, or is what another wants. */
const disowned =
  /^["'”’*)\]]{0,4}(?:[ ](?:than|over)[ ][^\s.,;!?]{1,20}(?:[ ][AB12]\b)?)?[ ](?:(?:is|was|would be|seems)[ ](?:wrong|false|incorrect|untrue|mistaken|not|worse|the (?:wrong|worse|loser)|(?:just |exactly |only )?what (?!(?:I|we)[ ](?:choose|pick|select|prefer|conclude|decide|give|think|believe)))|(?:loses|lost|fails)\b|in no[ ](?:way|respect|sense|regard|aspect))/i

/** A question mark in a quotation asks nothing of the statement. */
const asks = /^[^.!?\n"“]{0,150}\?/
const somebody = `(?:the |an? |your |either |both |neither )?(?:responses?|assistants?|outputs?|answers?|models?|candidates?|tie|ties|draw|neither|both|equal|${anyMark}|[AB12]\\b|\\([ab]\\))`
/** `[[A]] if …` is a condition, `[[A]] for a tie` what a prompt asks for: neither is an answer. */
const instructs = new RegExp(
  `^["'”’*)\\].,]{0,4}[ ]{0,2}(?:(?:if|unless)\\b|(?:when|where|for|means|says) ${somebody})`,
  'i',
)

/** What stands before `at` in its sentence; a decimal point ends none. A line that ends with a colon leads to the next. */
function sentenceBefore(text: string, at: number): string {
  const window = text.slice(Math.max(0, at - WINDOW), at).replace(/:[*_ ]{0,4}\n\s{0,8}$/, ': ')
  const end = Math.max(...['. ', '.\n', '! ', '? ', '\n'].map((mark) => window.lastIndexOf(mark)))
  return window.slice(end + 1)
}

/** What follows the last match of `ends` in a sentence that has begun. */
function lastPart(sentence: string, ends: RegExp): string {
  const end = Array.from(sentence.matchAll(ends), (match) => match.index + match[0].length).at(-1) ?? 0
  return sentence.slice(end)
}

/**
 * Whether what stands in `text` from `start` to `end` is stated by its author: not denied, supposed, asked, asked for, or
 * reported as what another says. Quotations are to be taken out before: `unquoted`.
 */
export function isStated(text: string, start: number, end: number): boolean {
  const sentence = sentenceBefore(text, start)
  const after = text.slice(end, end + WINDOW)
  return !(
    supposing.test(lastPart(sentence, conclusion)) ||
    elsewise.test(lastPart(sentence, /;/g)) ||
    seeming.test(lastPart(sentence, conclusion)) ||
    doubting.test(lastPart(sentence, clauseEnd)) ||
    reporting.test(sentence) ||
    ownWords.test(sentence) ||
    disowned.test(after) ||
    reported.test(after) ||
    asks.test(after) ||
    instructs.test(after)
  )
}

const retraction =
  /\b(?:actually|wait|scratch that|correction|(?:on|after) (?:reflection|second thou?ghts?)|I (?:take (?:it|that) back|was wrong|disagree|meant|mean)|I(?:['’](?:d|ll|m|ve))? (?:now |will |would |must |hereby |have )?(?:chang(?:e|ed|ing)|revis(?:e|ed|ing)|amend|adjust|withdraw|retract|lower|raise) (?:it|this|that|my|the)|(?:revised|updated|corrected|adjusted|amended|new) (?:score|rating|grade|mark|verdict|decision|ranking)|or rather|that(?:'s| is) wrong)\b/i
const correction = new RegExp(
  `${retraction.source}|(?:^|[.,;:!—–\\n])[ ]{0,3}(?:no|rather|sorry|instead)\\b`,
  'i',
)

/** Whether a text that follows an answer takes it back. */
export const retracts = (after: string): boolean => retraction.test(after.slice(0, 20_000))

/** Whether a text between two answers says that the second is in the place of the first: `[[A]] – wait, no: [[B]]`. */
export const corrects = (between: string): boolean => correction.test(between.slice(-WINDOW))

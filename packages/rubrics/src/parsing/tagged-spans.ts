import { escaped } from './escaped'

/** What stands between an opening and a closing tag, or where one of the two should have been. */
export interface TaggedSpan {
  readonly content: string
  readonly repairs: readonly string[]
  /** True when the text ends before the closing tag: what is there may be the beginning of something longer. */
  readonly open: boolean
  /** Where the span begins in the text, its opening tag included. */
  readonly start: number
  /** Where it ends, its closing tag included. */
  readonly end: number
}

interface Token {
  readonly start: number
  readonly end: number
  readonly closing: boolean
  readonly plain: boolean
}

function tokensOf(text: string, tag: string): Token[] {
  const name = escaped(tag)
  const open = String.raw`(?:\\?<|&lt;|＜)`
  const close = String.raw`(?:\\?>|&gt;|＞|$)`
  const pattern = new RegExp(String.raw`${open}[ \t]{0,3}(\/?)[ \t]{0,3}${name}[ \t]{0,3}${close}`, 'gi')
  return Array.from(text.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    closing: match[1] === '/',
    plain: match[0] === `<${match[1]}${tag}>`,
  }))
}

const oddTag = (tag: string, tokens: readonly Token[]) =>
  tokens.every(({ plain }) => plain) ? [] : [`the tag <${tag}> is not spelt so`]

/** The last line of `text` with something on it: what a closing tag without an opening one closes. */
const lastLine = (text: string) => text.slice(text.trimEnd().lastIndexOf('\n') + 1)

/** The first line of `text` with something on it: what an opening tag without a closing one opens. */
const firstLine = (text: string) => text.trimStart().split('\n', 1)[0]!

/**
 * All contents of `<tag>…</tag>`, in their order, also where the case differs, one of the two tags is missing, or tags
 * are nested, in which case the innermost counts. What is not closed ends with its first line, or with the text where
 * `unclosedLines` is `all`. Linear in the length of the text.
 */
export function taggedSpans(
  text: string,
  tag: string,
  unclosedLines: 'first' | 'all' = 'first',
): TaggedSpan[] {
  const spans: TaggedSpan[] = []
  let opened: Token | undefined
  let closedAt = 0
  let nested = false
  // An opening tag that lost its bracket, as in `answer>8</answer>`.
  const bare = new RegExp(String.raw`^\s{0,8}${escaped(tag)}[ \t]{0,3}>`, 'i')
  const closingMissing = `the closing tag </${tag}> is missing`
  const unclosed = (from: Token, to: number, atEnd: boolean) => {
    const rest = text.slice(from.end, to)
    const content = unclosedLines === 'all' ? rest : firstLine(rest)
    if (rest.trim() === '' && !atEnd) return
    const open = atEnd && rest.trim() === content.trim()
    spans.push({
      content,
      repairs: [closingMissing, ...oddTag(tag, [from])],
      open,
      start: from.start,
      end: to,
    })
  }
  for (const token of tokensOf(text, tag)) {
    if (!token.closing) {
      if (opened !== undefined) {
        nested = text.slice(opened.end, token.start).trim() === ''
        unclosed(opened, token.start, false)
      }
      opened = token
      continue
    }
    if (opened !== undefined) {
      const repairs = [...oddTag(tag, [opened, token]), ...(nested ? [`the tag <${tag}> is nested`] : [])]
      spans.push({
        content: text.slice(opened.end, token.start),
        repairs,
        open: false,
        start: opened.start,
        end: token.end,
      })
    } else if (!nested) {
      const content = lastLine(text.slice(closedAt, token.start)).replace(bare, '')
      const repairs = [`the opening tag <${tag}> is missing`, ...oddTag(tag, [token])]
      if (content.trim() !== '')
        spans.push({ content, repairs, open: false, start: token.start, end: token.end })
    }
    opened = undefined
    closedAt = token.end
  }
  // `<answer>8<answer>`: the second is the closing tag, misspelt.
  const misspelt =
    opened !== undefined && spans.at(-1)?.end === opened.start && text.slice(opened.end).trim() === ''
  if (opened !== undefined && !misspelt) unclosed(opened, text.length, true)
  return spans
}

/** `text` with an ellipsis in the place of each span; spans are in their order and do not overlap. */
export function outsideOf(
  text: string,
  spans: readonly { readonly start: number; readonly end: number }[],
): string {
  const ends = [0, ...spans.map(({ end }) => end)]
  return ends.map((end, i) => text.slice(end, spans[i]?.start)).join('…')
}

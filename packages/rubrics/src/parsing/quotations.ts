/** A text without what it quotes. */
export interface Unquoted {
  readonly text: string
  /** That the whole of the text was a quotation, if it was: then its content is the text. */
  readonly repairs: readonly string[]
}

/** Whether a quotation is a name, or what its author says; `before` is the text right before it. */
export type Keep = (content: string, before: string) => boolean

const BEFORE = 60

const opener = /^ {0,3}```/
const closer = /^ {0,3}```[ \t]*$/
const PLACEHOLDER = '“…”'

/** `text` with each closed code block as a placeholder; a fence that is never closed quotes nothing. */
function withoutCodeBlocks(text: string): string {
  if (!text.includes('```')) return text
  const kept: string[] = []
  let openedAt: number | undefined
  for (const line of text.split('\n')) {
    kept.push(line)
    if (openedAt === undefined) {
      if (opener.test(line)) openedAt = kept.length - 1
    } else if (closer.test(line)) {
      kept.splice(openedAt, kept.length - openedAt, PLACEHOLDER)
      openedAt = undefined
    }
  }
  return kept.join('\n')
}

const before = String.raw`(?<=^|[\s([{:,;>*_–—-])`
const quotation = new RegExp(
  [
    String.raw`\x60([^\x60\n]+)\x60`,
    // A name before a colon is a field of JSON.
    String.raw`${before}"((?! )[^"\n]*(?:\n[^"\n]+)*)"(?!\w|[ ]{0,2}:)`,
    String.raw`${before}'((?! )[^'\n]*)'(?!\w)`,
    '“([^“”]*)”',
    '«([^«»]*)»',
    '‘([^‘’\\n]*)’(?!\\w)',
    '^ {0,3}>[ ](.*)$',
  ].join('|'),
  'gm',
)

const wholeBlock = /^\s*```\w*[ \t]*\n([^`]*)\n[ \t]*```\s*$/
const wholeQuotes = /^\s*(?:"([^"]*)"|“([^”]*)”|`([^`\n]*)`|'([^'\n]*)')\s*$/

/**
 * `text` without what it quotes: between quotation marks or backticks, in closed code blocks, on lines that begin with
 * `>`. What is quoted is not said. A quotation that `keep` takes for a name, such as `"A"`, stays; and a text that is one
 * quotation from its beginning to its end is that.
 */
export function unquoted(text: string, keep: Keep = () => false): Unquoted {
  const block = wholeBlock.exec(text)
  if (block !== null) return { text: block[1]!, repairs: ['the answer is in a code block'] }
  const quoted = wholeQuotes
    .exec(text)
    ?.slice(1)
    .find((content) => content !== undefined)
  if (quoted !== undefined) return { text: quoted, repairs: ['the answer is in quotation marks'] }
  const blockless = withoutCodeBlocks(text)
  const kept = blockless.replace(quotation, (all, ...match: (string | number | undefined)[]) => {
    const content = match.slice(0, 6).find((each) => each !== undefined) ?? ''
    const at = Number(match[7])
    return keep(String(content).trim(), blockless.slice(Math.max(0, at - BEFORE), at)) ? all : PLACEHOLDER
  })
  return { text: kept, repairs: [] }
}

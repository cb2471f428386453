import { createInterface, type Interface } from 'node:readline'
import type { Conversation } from '@prefkit/rubrics'
import { checkOptions, type OptionNames } from '../check-options'
import type { AskHuman, HumanAnswer, HumanQuestion } from './human-judge'

/** Options of {@link terminalAsker}. */
export interface TerminalAskerOptions {
  /** Where answers come from, a line each. Default: standard input. */
  readonly input?: NodeJS.ReadableStream
  /** Where questions go. Default: standard output. */
  readonly output?: NodeJS.WritableStream
}

/** A terminal at which a person is asked. */
export interface TerminalAsker {
  /** Shows a question and waits for its answer; questions asked at once wait for each other. */
  readonly ask: AskHuman
  /** Stops reading, so that the process may end; further questions are answered `quit`. */
  readonly close: () => void
}

const names: OptionNames<TerminalAskerOptions> = { input: true, output: true }

const answers: Readonly<Record<string, HumanAnswer>> = {
  a: 'first',
  b: 'second',
  tie: 'tie',
  t: 'tie',
  skip: 'skip',
  s: 'skip',
  quit: 'quit',
  q: 'quit',
}

const HINT = 'a, b, tie, skip or quit: '

/**
 * Text without control characters, save line ends and tabs: a response must not move the cursor or clear the screen.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const printable = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')

const textOf = (prompt: Conversation): string =>
  typeof prompt === 'string' ? prompt : prompt.map(({ role, content }) => `${role}: ${content}`).join('\n')

function showQuestion({ prompt, first, second, reference, rule }: HumanQuestion): string {
  const parts: [string, string | undefined][] = [
    ['Prompt', textOf(prompt)],
    ['Rule', rule],
    ['Reference', reference],
    ['Response A', first],
    ['Response B', second],
  ]
  const shown = parts.flatMap(([title, text]) =>
    text === undefined ? [] : [`--- ${title} ---\n${printable(text)}\n`],
  )
  return `\n${shown.join('\n')}\nWhich response is better?\n`
}

/** Lines as they come, kept until they are asked for; undefined once there will be no more. */
class LineQueue {
  private readonly lines: string[] = []
  private waiting: ((line: string | undefined) => void) | undefined
  private ended = false

  /** Whether no more lines will be pushed. */
  get isEnded(): boolean {
    return this.ended
  }

  /** Whether no line is left, and none will come. */
  get isOver(): boolean {
    return this.ended && this.lines.length === 0
  }

  push(line: string): void {
    if (this.waiting) this.settle(line)
    else this.lines.push(line)
  }

  end(): void {
    this.ended = true
    if (this.waiting) this.settle(undefined)
  }

  /** As `end`, and forgets the lines that nobody has asked for. */
  quit(): void {
    this.lines.length = 0
    this.end()
  }

  /** The next line; rejects with the signal's reason when it is aborted first. */
  next(signal?: AbortSignal): Promise<string | undefined> {
    if (this.lines.length > 0) return Promise.resolve(this.lines.shift())
    if (this.ended) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.waiting = undefined
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', stop, { once: true })
      this.waiting = (line) => {
        signal?.removeEventListener('abort', stop)
        resolve(line)
      }
    })
  }

  private settle(line: string | undefined): void {
    const waiting = this.waiting
    this.waiting = undefined
    waiting?.(line)
  }
}

/**
 * Asks a person at a terminal which of two responses is better: shows both without names, and takes `a`, `b`, `tie`,
 * `skip` or `quit`, or their first letters. Ctrl-C and the end of the input mean `quit`, so what was answered before
 * is not lost. After it nothing more is shown: questions that wait, and all that come, are answered `quit` too.
 *
 * @throws JudgeError `INVALID_OPTION` for a misspelt option.
 */
export function terminalAsker(options: TerminalAskerOptions = {}): TerminalAsker {
  checkOptions('terminalAsker', options, names)
  const { input = process.stdin, output = process.stdout } = options
  const queue = new LineQueue()
  let terminal: Interface | undefined
  // A terminal that is closed cannot prompt, while lines that it read before are still there.
  const prompt = () => {
    if (!queue.isEnded) terminal?.prompt()
  }
  // Opened at the first question: an asker that is never used must not keep the process waiting for input.
  function open(): void {
    if (terminal) return
    terminal = createInterface({ input, output, prompt: HINT })
    terminal.on('line', (line) => queue.push(line))
    terminal.on('SIGINT', () => terminal?.close())
    terminal.on('close', () => queue.end())
  }
  function quit(): void {
    terminal?.close()
    queue.quit()
  }
  async function askNow(question: HumanQuestion, signal?: AbortSignal): Promise<HumanAnswer> {
    signal?.throwIfAborted()
    if (queue.isOver) return 'quit'
    open()
    output.write(showQuestion(question))
    for (;;) {
      prompt()
      const line = await queue.next(signal)
      const answer = line === undefined ? 'quit' : answers[line.trim().toLowerCase()]
      if (answer === 'quit') quit()
      if (answer) return answer
      output.write(`${JSON.stringify(line)} is no answer. `)
    }
  }
  let last: Promise<unknown> = Promise.resolve()
  return {
    ask(question, call) {
      const asked = last.then(() => askNow(question, call?.signal))
      // The next question waits for this one however it ends.
      last = asked.catch(() => undefined)
      return asked
    },
    close: quit,
  }
}

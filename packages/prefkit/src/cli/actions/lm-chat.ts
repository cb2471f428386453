import { appendFile } from 'node:fs/promises'
import { createInterface, type Interface } from 'node:readline'
import { LmError } from '@prefkit/lm'
import { type ChatSession, chatSession } from '../../lm/chat-session'
import { openLanguageModel } from '../../lm/open-language-model'
import { PrefkitError } from '../../prefkit-error'
import { writeFailure } from '../../runs/write-atomic'
import { announceBackend } from '../announce-backend'
import { counted } from '../format-table'
import { type DrawingOptions, type ModelOptions, modelChoice, samplingChoice } from '../lm-settings'
import { showProgress } from '../progress'

/** Options of `prefkit lm chat`. */
export interface LmChatOptions extends ModelOptions, DrawingOptions {
  readonly system?: string
}

/** What is told beside answers, which have standard output for themselves. */
const note = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

/** Something that a line may ask for; false ends the conversation. */
type ChatCommand = (session: ChatSession, argument: string) => Promise<boolean | undefined>

async function save({ messages }: ChatSession, path: string): Promise<undefined> {
  if (path === '') throw new PrefkitError('INVALID_CONFIG', '/save: expected a file, such as talk.jsonl')
  await appendFile(path, `${JSON.stringify({ messages })}\n`).catch((cause: unknown) => {
    throw writeFailure(path, cause)
  })
  note(`${counted(messages.length, 'message')} added to ${path}`)
}

const commands: Readonly<Record<string, { readonly means: string; readonly run: ChatCommand }>> = {
  '/reset': {
    means: 'forget what was said',
    run: async (session) => {
      session.reset()
      note('forgotten')
      return undefined
    },
  },
  '/system': {
    means: '<text>: begin anew with this message of the system; without text, with none',
    run: async (session, text) => {
      session.setSystem(text === '' ? undefined : text)
      note(text === '' ? 'begun anew, without a message of the system' : 'begun anew')
      return undefined
    },
  },
  '/save': { means: '<file>: add the conversation to a file, as prefkit lm sft reads it', run: save },
  '/help': {
    means: 'say what there is',
    run: async () => {
      for (const [name, { means }] of Object.entries(commands)) note(`${name.padEnd(8)} ${means}`)
      return undefined
    },
  },
  '/exit': { means: 'end, as Ctrl-D does', run: async () => false },
}

/** Prints an answer as it comes. */
async function answer(session: ChatSession, text: string, signal: AbortSignal): Promise<void> {
  for await (const piece of session.say(text, signal)) process.stdout.write(piece)
  process.stdout.write(signal.aborted ? ' …\n' : '\n')
}

/** One turn, or one command; false ends the conversation. */
async function turn(session: ChatSession, line: string, signal: AbortSignal): Promise<boolean> {
  const text = line.trim()
  if (text === '') return true
  const [, name = '', argument = ''] = /^(\/\S*)\s*(.*)$/s.exec(text) ?? []
  if (name === '') {
    await answer(session, text, signal)
    return true
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) note(`${name}: no such command; there are ${Object.keys(commands).join(', ')}`)
  return (await command?.run(session, argument)) ?? true
}

/** What one line did wrong ends neither the conversation nor the program. */
function tellFault(error: unknown): void {
  const isKnown = LmError.isInstance(error) || PrefkitError.isInstance(error)
  if (!isKnown) throw error
  const hint = LmError.isInstance(error) && error.code === 'CONTEXT_TOO_LONG' ? '; /reset begins anew' : ''
  note(`error: ${error.message}${hint}`)
}

/** Lines of standard input, one turn each. Ctrl-C stops an answer; where there is none it ends the conversation. */
async function converse(session: ChatSession, lines: Interface, isTerminal: boolean): Promise<void> {
  let current: AbortController | undefined
  const stop = (): void => (current ? current.abort() : lines.close())
  lines.on('SIGINT', stop)
  process.on('SIGINT', stop)
  const ask = (): void => {
    if (isTerminal) lines.prompt()
  }
  try {
    ask()
    for await (const line of lines) {
      current = new AbortController()
      const goesOn = await turn(session, line, current.signal).catch((error: unknown) => {
        tellFault(error)
        return true
      })
      current = undefined
      if (!goesOn) return
      ask()
    }
  } finally {
    process.off('SIGINT', stop)
    lines.close()
  }
}

/** Runs `prefkit lm chat`. */
export async function lmChatAction(path: string, options: LmChatOptions): Promise<void> {
  const choice = modelChoice(path, options)
  await announceBackend(choice.backend)
  const progress = showProgress()
  const model = await openLanguageModel(choice, process.stderr.isTTY ? progress : {}).finally(progress.stop)
  try {
    const { system } = options
    const session = chatSession(model, { system, sampling: samplingChoice(options) })
    const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
    if (isTerminal) note('/help says what there is; Ctrl-C stops an answer, Ctrl-D ends')
    const lines = createInterface({
      input: process.stdin,
      ...(isTerminal && { output: process.stdout, prompt: '> ' }),
      terminal: isTerminal,
    })
    await converse(session, lines, isTerminal)
  } finally {
    await model.release()
  }
}

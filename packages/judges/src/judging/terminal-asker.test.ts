import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { terminalAsker } from './terminal-asker'

const question = { prompt: 'Why?', first: 'because', second: 'so' }

function terminal(isTTY = false) {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { isTTY, columns: 80 })
  let shown = ''
  output.on('data', (chunk) => {
    shown += chunk
  })
  return { ...terminalAsker({ input, output }), input, text: () => shown }
}

test('shows the prompt and both responses, and takes an answer of any case', async () => {
  const { ask, input, text, close } = terminal()
  input.write(' A \n')
  expect(await ask({ ...question, reference: 'known', rule: 'be brief' })).toBe('first')
  for (const shown of ['Why?', 'be brief', 'known', 'Response A ---\nbecause', 'Response B ---\nso', 'quit'])
    expect(text()).toContain(shown)
  close()
})

test('every answer and its letter', async () => {
  const { ask, input, close } = terminal()
  input.write('a\nb\ntie\nt\nskip\ns\nquit\n')
  const answers: string[] = []
  for (let i = 0; i < 7; i++) answers.push(await ask(question))
  expect(answers).toEqual(['first', 'second', 'tie', 'tie', 'skip', 'skip', 'quit'])
  close()
})

test('asks again after what is no answer', async () => {
  const { ask, input, text, close } = terminal()
  input.write('maybe\n\nB\n')
  expect(await ask(question)).toBe('second')
  expect(text()).toContain('"maybe" is no answer')
  close()
})

test('the end of the input is quit, after the lines before it', async () => {
  const { ask, input } = terminal()
  input.end('b\n')
  expect(await ask(question)).toBe('second')
  expect(await ask(question)).toBe('quit')
})

test('after quit nothing more is shown: questions that wait, and all that come, are answered quit', async () => {
  const { ask, input, text } = terminal()
  const asked = ['one', 'two', 'three'].map((first) => ask({ ...question, first }))
  input.write('q\na\n')
  expect(await Promise.all(asked)).toEqual(['quit', 'quit', 'quit'])
  expect(await ask({ ...question, first: 'four' })).toBe('quit')
  expect(text()).toContain('one')
  for (const unseen of ['two', 'three', 'four']) expect(text()).not.toContain(unseen)
})

test('after the end of the input nothing more is shown', async () => {
  const { ask, input, text } = terminal()
  const asked = [ask({ ...question, first: 'one' }), ask({ ...question, first: 'two' })]
  input.end()
  expect(await Promise.all(asked)).toEqual(['quit', 'quit'])
  expect(text()).not.toContain('two')
})

test('Ctrl-C at a terminal is quit', async () => {
  const { ask, input } = terminal(true)
  const asked = ask(question)
  await new Promise((resolve) => setImmediate(resolve))
  input.write('\u0003')
  expect(await asked).toBe('quit')
  expect(await ask(question)).toBe('quit')
})

test('questions asked at once wait for each other', async () => {
  const { ask, input, close } = terminal()
  const asked = [ask({ ...question, first: 'one' }), ask({ ...question, first: 'two' })]
  input.write('a\nb\n')
  expect(await Promise.all(asked)).toEqual(['first', 'second'])
  close()
})

test('a response cannot move the cursor or clear the screen', async () => {
  const { ask, input, text, close } = terminal()
  input.write('a\n')
  await ask({ ...question, first: 'good\u001b[2J\u009b1A\rbad\ttab' })
  expect(text()).toContain('good[2J1Abad\ttab')
  close()
})

test('an aborted question ends with the reason, and the next one still gets its answer', async () => {
  const { ask, input, close } = terminal()
  const controller = new AbortController()
  const asked = ask(question, { signal: controller.signal })
  const ended = expect(asked).rejects.toThrow('enough')
  await new Promise((resolve) => setImmediate(resolve))
  controller.abort(new Error('enough'))
  await ended
  input.write('b\n')
  expect(await ask(question)).toBe('second')
  close()
})

test('a closed asker answers quit', async () => {
  const { ask, close } = terminal()
  close()
  expect(await ask(question)).toBe('quit')
})

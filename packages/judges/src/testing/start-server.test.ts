import { expect, test } from 'vitest'
import { constantScript, faults, startServer } from '.'

const post = (url: string, body: unknown, signal?: AbortSignal) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  })

const chat = (content: string, more: object = {}) => ({
  model: 'test-model',
  messages: [{ role: 'user', content }],
  ...more,
})

test('the model is a function of what it is asked', async () => {
  await using server = await startServer(({ messages }) => `you said ${messages[0]!.content}`)
  const response = await post(`${server.url}/chat/completions`, chat('hello'))
  expect(await response.json()).toMatchObject({
    choices: [{ message: { role: 'assistant', content: 'you said hello' }, finish_reason: 'stop' }],
  })
  expect(server.requests.map(({ path }) => path)).toEqual(['/v1/chat/completions'])
})

test('probabilities of the next token come back by every route of each program', async () => {
  const script = constantScript({ yes: 0.5, no: 0.25 })
  const messages = [{ role: 'user', content: 'yes or no?' }]
  await using vllm = await startServer(script, { kind: 'vllm' })
  const { tokens } = (await (await post(`${vllm.origin}/tokenize`, { messages })).json()) as {
    tokens: number[]
  }
  const scored = await post(`${vllm.origin}/generative_scoring`, {
    query: tokens.slice(0, -1),
    items: [tokens.slice(-1)],
    label_token_ids: [0],
    apply_softmax: false,
  })
  expect(await scored.json()).toMatchObject({ data: [{ score: 0.5 }] })
  await using llama = await startServer(script, { kind: 'llama.cpp' })
  const completed = await post(`${llama.origin}/completion`, { prompt: 'x', n_predict: 1, n_probs: 2 })
  expect(await completed.json()).toMatchObject({
    completion_probabilities: [
      { top_logprobs: [{ token: 'yes' }, { token: 'no', logprob: Math.log(0.25) }] },
    ],
  })
})

test('faults come in the order of the list, and then none', async () => {
  await using server = await startServer(() => 'yes', {
    faults: [faults.tooManyRequests(2), faults.htmlPage(), faults.malformedJson, faults.contentNull],
  })
  const url = `${server.url}/chat/completions`
  const first = await post(url, chat('?'))
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2'])
  expect(await (await post(url, chat('?'))).text()).toMatch(/^<!doctype html>/)
  await expect((await post(url, chat('?'))).json()).rejects.toThrow(SyntaxError)
  expect(await (await post(url, chat('?'))).json()).toMatchObject({
    choices: [{ message: { content: null } }],
  })
  expect(await (await post(url, chat('?'))).json()).toMatchObject({
    choices: [{ message: { content: 'yes' } }],
  })
})

test('connections are reset, cut in the middle of the body, and left hanging', async () => {
  await using server = await startServer(() => 'yes', {
    faults: [faults.reset, faults.truncate, faults.hang('headers')],
  })
  const url = `${server.url}/chat/completions`
  await expect(post(url, chat('?'))).rejects.toThrow('fetch failed')
  const cut = await post(url, chat('?'))
  expect(cut.status).toBe(200)
  await expect(cut.text()).rejects.toThrow()
  const stop = new AbortController()
  const hanging = await post(url, chat('?'), stop.signal)
  const text = hanging.text()
  stop.abort()
  await expect(text).rejects.toThrow('aborted')
})

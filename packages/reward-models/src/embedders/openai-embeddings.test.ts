import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EmbedRetry } from './embedder'
import { type OpenAIEmbeddingsOptions, openAIEmbeddings } from './openai-embeddings'

interface Request {
  readonly url: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: { input: string[]; encoding_format: string; dimensions?: number; model: string }
}
type Answer = (request: Request, response: ServerResponse) => void

let server: Server
let baseURL = ''
let requests: Request[] = []
/** The answers to come; the last one is repeated. */
let answers: Answer[] = []

beforeEach(async () => {
  requests = []
  server = createServer(async (incoming, response) => {
    const text = (await incoming.toArray()).join('')
    const request = {
      url: incoming.url,
      headers: incoming.headers,
      body: JSON.parse(text) as Request['body'],
    }
    requests.push(request)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterEach(async () => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const vectorOf = (text: string) => [text.length, text.charCodeAt(0) || 0]
const status =
  (code: number, headers: Record<string, string> = {}, body = '{"error":{"message":"no"}}'): Answer =>
  (_, response) =>
    response.writeHead(code, headers).end(body)
const json =
  (body: unknown): Answer =>
  (_, response) =>
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
/** Answers well, in reverse order. */
const well: Answer = ({ body: { input, encoding_format } }, response) => {
  const encode = (values: number[]) =>
    encoding_format === 'base64' ? Buffer.from(Float32Array.from(values).buffer).toString('base64') : values
  const data = input.map((text, index) => ({ index, embedding: encode(vectorOf(text)) }))
  response.end(JSON.stringify({ data: data.reverse() }))
}

const create = (options: Partial<OpenAIEmbeddingsOptions> = {}) =>
  openAIEmbeddings({ baseURL, model: 'm', retryDelaySeconds: 0.001, ...options })
const texts = ['a', 'bb', 'ccc', '', 'é']
const expected = { data: Float32Array.from(texts.flatMap(vectorOf)), rows: 5, columns: 2 }

describe('openAIEmbeddings', () => {
  it.each(['float', 'base64'] as const)(
    'embeds in batches, in the order of index, as %s',
    async (encodingFormat) => {
      answers = [well]
      const seen: number[][] = []
      const options = { onProgress: (...counts: number[]) => seen.push(counts) }
      const embedder = create({ encodingFormat, batchSize: 2, apiKey: 'sk-secret', dimensions: 2 })
      expect(await embedder.embed(texts, options)).toEqual(expected)
      expect(seen).toEqual([
        [0, 5],
        [2, 5],
        [4, 5],
        [5, 5],
      ])
      expect(requests.map(({ body }) => body.input.length)).toEqual([2, 2, 1])
      expect(requests[0]).toMatchObject({
        url: '/v1/embeddings',
        headers: { authorization: 'Bearer sk-secret', 'content-type': 'application/json' },
        body: { model: 'm', dimensions: 2, encoding_format: encodingFormat },
      })
    },
  )

  it('takes the key from the environment for a server named there, and does without one', async () => {
    answers = [well]
    vi.stubEnv('OPENAI_API_KEY', 'sk-env\r\n')
    await create().embed(['a'])
    vi.stubEnv('OPENAI_BASE_URL', `${baseURL}/`)
    await create().embed(['a'])
    vi.stubEnv('OPENAI_API_KEY', 'sk-two\nsk-lines')
    expect(() => create()).toThrow('OPENAI_API_KEY: expected a text of visible ASCII characters')
    vi.stubEnv('OPENAI_API_KEY', undefined)
    await create().embed(['a'])
    const sent = requests.map(({ headers }) => headers.authorization)
    expect(sent).toEqual([undefined, 'Bearer sk-env', undefined])
    expect(() => openAIEmbeddings({ model: 'm' })).toThrow('apiKey: expected a key for api.openai.com')
  })

  it('tries again after 429 and 5xx, as long as Retry-After says', async () => {
    answers = [status(429, { 'retry-after': '0.2' }), status(503), well]
    const start = performance.now()
    expect(await create().embed(texts)).toEqual(expected)
    expect(requests.length).toBe(3)
    // Timers may fire up to a millisecond early.
    expect(performance.now() - start).toBeGreaterThan(198)
  })

  it('waits for a date of Retry-After', async () => {
    answers = [status(429, { 'retry-after': new Date(Date.now() - 5000).toUTCString() }), well]
    expect(await create({ retryDelaySeconds: 1000 }).embed(texts)).toEqual(expected)
  })

  it('does not wait for a server that wants to be left alone for hours', async () => {
    answers = [status(429, { 'retry-after': '7200' })]
    await expect(create().embed(['a'])).rejects.toThrow('it asked to be left alone for 7200 seconds')
  })

  it('gives up after the last attempt, with what the server said', async () => {
    answers = [status(500)]
    await expect(create({ maxRetries: 2 }).embed(['a'])).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: `${baseURL}/embeddings: answered 500: {"error":{"message":"no"}} (after 3 attempts)`,
    })
    expect(requests.length).toBe(3)
  })

  it('tries again after a connection that broke off and one that timed out', async () => {
    const hangUp: Answer = (_, response) => response.destroy()
    const silence: Answer = () => {}
    answers = [hangUp, silence, well]
    expect(await create({ timeoutSeconds: 0.2 }).embed(texts)).toEqual(expected)
    answers = [silence]
    await expect(create({ timeoutSeconds: 0.05, maxRetries: 1 }).embed(['a'])).rejects.toThrow(
      'no answer within 0.05 seconds (after 2 attempts)',
    )
  })

  it('tells of each attempt that is repeated, why, and after how long', async () => {
    const told: EmbedRetry[] = []
    const onRetry = (retry: EmbedRetry) => told.push(retry)
    answers = [(_, response) => response.destroy(), status(503, { 'retry-after': '0' }, 'busy'), well]
    expect(await create().embed(texts, { onRetry })).toEqual(expected)
    const cut =
      'the connection was cut before the whole answer was there (UND_ERR_SOCKET); the log of the server'
    expect(told).toEqual([
      {
        attempt: 1,
        attempts: 6,
        reason: expect.stringContaining(cut),
        delaySeconds: expect.closeTo(0.001, 2),
      },
      { attempt: 2, attempts: 6, reason: 'answered 503: busy', delaySeconds: 0 },
    ])
  })

  it('tells how many texts there are before the first batch is tried again', async () => {
    const events: unknown[] = []
    answers = [status(503), well]
    await create().embed(texts, {
      onProgress: (...counts) => events.push(counts),
      onRetry: ({ attempt }) => events.push(attempt),
    })
    expect(events).toEqual([[0, 5], 1, [5, 5]])
  })

  it.each([
    [
      status(401, {}, 'Incorrect key sk-sec***'),
      'answered 401: the key was missing or refused; check the option apiKey',
    ],
    [status(404), 'answered 404: no such model or path; check that baseURL ends before /embeddings'],
    [status(400, {}, 'bad input for sk-secret'), 'answered 400: bad input for ***'],
    [json('<html>hello</html>'), 'expected JSON, got: <html>hello</html>'],
    [json(''), 'expected JSON, got: nothing'],
    [json({ object: 'error' }), 'expected JSON with a list data, got: {"object":"error"}'],
    [json({ data: [{ index: 0, embedding: [1] }] }), 'gave 1 vectors for 2 texts'],
    [json({ data: [1, 1].map(() => ({ index: 1, embedding: [1] })) }), 'gave two vectors for text 1'],
    [json({ data: [0, 2].map((index) => ({ index, embedding: [1] })) }), 'has the index 2, outside 0 to 1'],
    [json({ data: [null, {}] }), 'vector 0 is neither a list of numbers nor base64'],
    [json({ data: [{ embedding: 'AAA=' }, {}] }), 'vector 0 is not base64 of float32 numbers'],
    [
      json({ data: [{ embedding: [] }, { embedding: [] }] }),
      'gave { data: Float32Array(0), rows: 2, columns: 0 } for 2 texts; expected',
    ],
    [
      json({ data: [{ embedding: [1, 2] }, { embedding: [1] }] }),
      'vector 1 has 1 numbers where vector 0 has 2',
    ],
    [json({ data: [{ embedding: [1, 2] }, { embedding: [1, null] }] }), 'text 1 ("b"), column 1 is NaN'],
  ])('refuses an answer at once, without the key (%#)', async (answer, message) => {
    answers = [answer]
    const outcome = await create({ apiKey: 'sk-secret' })
      .embed(['a', 'b'])
      .catch((error: Error) => error)
    expect((outcome as Error).message).toContain(message)
    expect((outcome as Error).message).not.toContain('sk-sec')
    expect((outcome as Error).message).toContain(`${baseURL}/embeddings: `)
    expect(requests.length).toBe(1)
  })

  it('refuses vectors of another length in a later batch, or than was asked for', async () => {
    answers = [json({ data: [{ embedding: [1, 2] }] }), json({ data: [{ embedding: [1, 2, 3] }] })]
    const mismatch = { code: 'DIMENSION_MISMATCH', message: expect.stringContaining('text 1 has') }
    await expect(create({ batchSize: 1 }).embed(['a', 'b'])).rejects.toMatchObject(mismatch)
    await expect(create({ dimensions: 7 }).embed(['a'])).rejects.toThrow('3 numbers where others have 7')
  })

  it('names the URL when nothing listens there', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    await expect(create({ baseURL: `http://127.0.0.1:${port}/v1/` }).embed(['a'])).rejects.toThrow(
      `http://127.0.0.1:${port}/v1/embeddings: the connection was refused (ECONNREFUSED); check that a server runs there, and the option baseURL`,
    )
  })

  it.each([
    [
      'a port that is forbidden',
      () => 'http://127.0.0.1:6000/v1',
      'could not be asked (bad port); check that',
    ],
    ['https where http is spoken', () => baseURL.replace('http', 'https'), 'could not be asked (ERR_SSL_'],
  ])('fails at once for %s', async (_, address, message) => {
    const onRetry = vi.fn()
    const embed = create({ baseURL: address() }).embed(['a'], { onRetry })
    await expect(embed).rejects.toMatchObject({
      code: 'EMBEDDING_FAILED',
      message: expect.stringContaining(`${address()}/embeddings: ${message}`),
    })
    expect(onRetry).not.toHaveBeenCalled()
  })

  it('stops at a signal, while it waits for an answer and for the next attempt', async () => {
    const reason = new Error('enough')
    for (const answer of [() => {}, status(429, { 'retry-after': '60' })] satisfies Answer[]) {
      const stop = new AbortController()
      answers = [
        (request, response) => {
          answer(request, response)
          setTimeout(() => stop.abort(reason), 20)
        },
      ]
      await expect(create().embed(['a'], { signal: stop.signal })).rejects.toBe(reason)
    }
    expect(requests.length).toBe(2)
  })

  it('has the host, the model and the length in its id, and not the key', () => {
    const { id } = create({ apiKey: 'sk-secret', dimensions: 256, baseURL: 'http://host:8000/v1/' })
    expect(id).toBe('openai:1:host:8000/v1:model=m,dimensions=256')
  })

  it.each([
    [{ model: '' }, 'openAIEmbeddings: model: expected a text that is not empty, got ""'],
    [{ baseURL: 'localhost:8000' }, 'baseURL: expected an http or https URL without a password'],
    [{ baseURL: 'http://u:p@h/v1' }, 'such as http://localhost:8000/v1, got "http://***@h/v1"'],
    [{ batchSize: 5n }, 'batchSize: expected a whole number ≥ 1, got 5n'],
    [{ batchSize: 1.5 }, 'batchSize: expected a whole number ≥ 1, got 1.5'],
    [{ encodingFormat: 'hex' }, 'encodingFormat: expected one of float, base64, got "hex"'],
    [{ timeoutSeconds: -1 }, 'timeoutSeconds: expected a number of seconds ≥ 0, got -1'],
    [{ apiKey: 5 }, 'apiKey: expected a text of visible ASCII characters, or nothing, got another number'],
    [
      { apiKey: 'sk a' },
      'apiKey: expected a text of visible ASCII characters, or nothing, got another string',
    ],
  ])('refuses %o', (options, message) => {
    expect(() => create(options as Partial<OpenAIEmbeddingsOptions>)).toThrow(message)
  })
})

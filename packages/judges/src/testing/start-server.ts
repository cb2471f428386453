import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PromptMessage } from '@prefkit/rubrics'
import type { Fault } from './faults'
import { Refusal, type RouteContext, routesOf, type ServerKind } from './routes'
import type { Script, Scripted } from './script'
import { applyTemplate, type Vocabulary, vocabularyOf } from './vocabulary'

/** A request that a test server received. */
export interface Received {
  /** From 0, in the order of arrival. */
  readonly index: number
  readonly method: string
  /** Without the query string. */
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The parsed JSON; undefined where there is none. */
  readonly body: Readonly<Record<string, unknown>> | undefined
  /** Milliseconds, as `performance.now()` tells them. */
  readonly at: number
}

/** How a test server behaves, besides its model. */
export interface ServerSettings {
  /** Default: `openai`. */
  readonly kind?: ServerKind
  /** The one model it has. Default: `test-model`. */
  readonly model?: string
  /** The tokens its model knows. Default: a few spellings of yes and no and some other words. */
  readonly words?: readonly string[]
  /**
   * What goes wrong: with the i-th request the i-th fault, where there is one; or by the request. Requests other than
   * POST are not counted in a list.
   */
  readonly faults?: readonly (Fault | undefined)[] | ((request: Received) => Fault | undefined)
  /** Where given, requests without this bearer token are refused with 401, and the key they came with is echoed. */
  readonly key?: string
}

/** A running test server. */
export interface TestServer {
  /** Such as `http://127.0.0.1:41237`. */
  readonly origin: string
  /** The base URL for clients: the origin and `/v1`. */
  readonly url: string
  readonly requests: readonly Received[]
  /** How many requests were being answered at once, at most. */
  readonly mostAtOnce: () => number
  /** Ends all connections, those that hang too. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

const defaultWords = [
  'yes',
  'Yes',
  ' yes',
  ' Yes',
  'YES',
  'no',
  'No',
  ' no',
  ' No',
  'NO',
  'A',
  'B',
  ' A',
  ' B',
]
const fillers = Array.from({ length: 50 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`)

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain' : 'application/json'
  const length = String(Buffer.byteLength(text))
  response.writeHead(status, { 'content-type': type, 'content-length': length, ...headers }).end(text)
}

/** Half of a body under headers that promise all of it. */
function sendHalf(response: ServerResponse, body: unknown, whenSent: () => void) {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(bytes.length) })
  response.write(bytes.subarray(0, bytes.length >> 1), whenSent)
}

const defaultError = (status: number) => ({
  error: { message: `the test server answers with ${status}`, type: 'test_error', param: null, code: null },
})

/** Faults that need no answer of the model. True where that was all. */
function failEarly(fault: Fault | undefined, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault?.kind === 'status')
    send(response, fault.status, fault.body ?? defaultError(fault.status), fault.headers)
  else if (fault?.kind === 'raw') send(response, fault.status, fault.body, { 'content-type': fault.type })
  else if (fault?.kind === 'reset') request.socket.resetAndDestroy()
  else return fault?.kind === 'hang' && fault.after === 'request'
  return true
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

async function answer(fault: Fault | undefined, response: ServerResponse, body: unknown): Promise<void> {
  if (fault?.kind === 'slow') await sleep(fault.milliseconds)
  if (fault?.kind === 'truncate') sendHalf(response, body, () => response.destroy())
  else if (fault?.kind === 'hang') sendHalf(response, body, () => {})
  else send(response, 200, fault?.kind === 'edit' ? fault.edit(body as never) : body)
}

function faultFor(settings: ServerSettings, received: Received, posts: number): Fault | undefined {
  const { faults = [] } = settings
  if (typeof faults === 'function') return faults(received)
  return received.method === 'POST' ? faults[posts] : undefined
}

/** Asks the script, whatever form the prompt has; prompts rendered by the template are known by their messages. */
function asker(script: Script, vocabulary: Vocabulary, rendered: Map<string, readonly PromptMessage[]>) {
  return (body: RouteContext['body']): RouteContext['ask'] =>
    async ({ messages, prompt }) => {
      const text = messages
        ? applyTemplate(messages)
        : typeof prompt === 'string'
          ? prompt
          : vocabulary.decode(prompt as number[])
      const known = messages ?? rendered.get(text) ?? [{ role: 'user', content: text }]
      const said = await script({ messages: known, prompt: text, body })
      return typeof said === 'string' ? { text: said } : (said satisfies Scripted)
    }
}

function unauthorised(settings: ServerSettings, { headers }: Received): Refusal | undefined {
  if (settings.key === undefined || headers.authorization === `Bearer ${settings.key}`) return undefined
  // As OpenAI does, but with all of the key: what a server echoes must not reach a log.
  const message = `Incorrect API key provided: ${headers.authorization ?? 'none'}.`
  return new Refusal(401, { error: { message, type: 'invalid_request_error', code: 'invalid_api_key' } })
}

/** Starts a real HTTP server on a free port of this machine, whose model is the script. */
export async function startServer(script: Script, settings: ServerSettings = {}): Promise<TestServer> {
  const { kind = 'openai', model = 'test-model' } = settings
  const vocabulary = vocabularyOf(settings.words ?? [...defaultWords, ...fillers])
  const requests: Received[] = []
  const rendered = new Map<string, readonly PromptMessage[]>()
  const ask = asker(script, vocabulary, rendered)
  const load = { now: 0, most: 0 }
  let posts = 0

  const respond = async (received: Received): Promise<unknown> => {
    const refused = unauthorised(settings, received)
    if (refused) throw refused
    const route = routesOf[kind][`${received.method} ${received.path}`]
    if (!route) throw new Refusal(404, { error: { message: `no route ${received.path}`, code: 404 } })
    const body = received.body ?? {}
    if (Array.isArray(body.messages)) {
      const messages = body.messages as PromptMessage[]
      rendered.set(applyTemplate(messages), messages)
    }
    if (body.model !== undefined && body.model !== model) {
      const message = `The model \`${body.model}\` does not exist.`
      throw new Refusal(404, { error: { message, type: 'NotFoundError', param: 'model', code: 404 } })
    }
    return route({ kind, model, vocabulary, body, ask: ask(body) })
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readBody(request)
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
    const received: Received = {
      index: requests.length,
      method: request.method ?? 'GET',
      path: pathname,
      query: search,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
      at: performance.now(),
    }
    requests.push(received)
    const fault = faultFor(settings, received, posts)
    if (received.method === 'POST') posts++
    if (failEarly(fault, request, response)) return
    const result = await respond(received).catch((error: unknown) => error)
    if (result instanceof Refusal) return send(response, result.status, result.body)
    if (result instanceof Error) return send(response, 500, { error: { message: String(result.stack) } })
    await answer(fault, response, result)
  }

  const server = createServer((request, response) => {
    load.now++
    load.most = Math.max(load.most, load.now)
    response.once('close', () => load.now--)
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    origin,
    url: `${origin}/v1`,
    requests,
    mostAtOnce: () => load.most,
    close,
    [Symbol.asyncDispose]: close,
  }
}

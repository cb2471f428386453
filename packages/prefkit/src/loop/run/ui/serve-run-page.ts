import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { basename, resolve } from 'node:path'
import type { RunListener } from '../driver/run-event'
import { listen, loopback } from './listen'
import { commonHeaders, livePage, pageHeaders } from './live-page'
import { type PartStream, partStream } from './part-stream'

/** Options of {@link serveRunPage}. */
export interface RunPageOptions {
  /** Default: the first that is free from 4321 on. */
  readonly port?: number
  /** Seconds between two looks at the run's files. Default: 1. */
  readonly everySeconds?: number
}

/** A live page. */
export interface RunPage {
  readonly url: string
  /** To be told of the run's events, where it is of this process: news come sooner, with steps in all and warnings. */
  readonly onEvent: RunListener
  /** Says goodbye to whoever looks, and stops. */
  close(words?: string): Promise<void>
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const refusal =
  (status: number, words: string): Answer =>
  (_, response) => {
    response.writeHead(status, { ...commonHeaders, 'content-type': 'text/plain' }).end(`${words}\n`)
  }

const answerPage =
  (name: string): Answer =>
  (_, response) => {
    const nonce = randomBytes(16).toString('base64')
    response.writeHead(200, { ...commonHeaders, ...pageHeaders(nonce) }).end(livePage(name, nonce))
  }

const answerEvents =
  (stream: PartStream): Answer =>
  (request, response) => {
    response.writeHead(200, { ...commonHeaders, 'content-type': 'text/event-stream' })
    response.write(': here\n\n')
    stream.add(response)
    request.on('close', () => stream.remove(response))
  }

/** Names by which this machine may be asked: another one, such as of a site that had its name point here, is refused. */
const isOwnHost = ({ headers: { host }, socket: { localPort } }: IncomingMessage): boolean =>
  host === `${loopback}:${localPort}` || host === `localhost:${localPort}`

/** Milliseconds that the last words have to be read. */
const partingTime = 1000

/** Stops a server. A browser keeps connections open that it may want later: these are not waited for. */
async function closed(server: Server): Promise<void> {
  const stopped = new Promise<void>((done) => server.close(() => done()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), partingTime)
  await stopped
  clearTimeout(timer)
}

/**
 * Serves a live page of a run on the loopback address: progress, curves, alerts and responses, drawn here and sent as they change. It reads
 * the run's files, so that the run may be finished, not there yet, or another process's. Nothing but the page and its parts can be
 * asked for, by no other name than this machine's.
 * @throws PrefkitError `INVALID_CONFIG` for a port that cannot be had.
 */
export async function serveRunPage(path: string, options: RunPageOptions = {}): Promise<RunPage> {
  const { everySeconds = 1 } = options
  const totals = new Map<string, number>()
  const warnings: string[] = []
  const stream = partStream(path, { totals, warnings })
  const routes: ReadonlyMap<string, Answer> = new Map([
    ['/', answerPage(basename(resolve(path)))],
    ['/events', answerEvents(stream)],
  ])
  const answerTo = (request: IncomingMessage): Answer => {
    if (!isOwnHost(request)) return refusal(403, 'asked by a name that is not this machine’s')
    if (request.method !== 'GET') return refusal(405, 'only GET is answered')
    return routes.get(request.url ?? '') ?? refusal(404, 'there is nothing here')
  }
  const server = createServer((request, response) => answerTo(request)(request, response))
  const port = await listen(server, options.port)
  const timer = setInterval(() => void stream.refresh(), 1000 * everySeconds)
  return {
    url: `http://${loopback}:${port}/`,
    onEvent: (told) => {
      if (told.kind === 'step') totals.set(told.record.stage, told.totalSteps)
      if (told.kind === 'warning') warnings.push(told.message)
      void stream.refresh()
    },
    async close(words = 'the run has ended, or is not served any more') {
      clearInterval(timer)
      await stream.end(words)
      await closed(server)
    },
  }
}

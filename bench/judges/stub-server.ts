// node stub-server.ts SLOTS LEAST MOST: a server in OpenAI's protocol with so many slots, each of which takes from LEAST to
// MOST milliseconds for an answer, as a model would; further requests wait. Its first line is its port. GET says what it got;
// DELETE forgets it.
import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const [slots = 32, least = 20, most = 50] = process.argv.slice(2).map(Number)

const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-stub',
    object: 'chat.completion',
    created: 0,
    model: 'stub',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Yes' }, finish_reason: 'stop', logprobs: null },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 1, total_tokens: 101 },
  }),
)
const headers = { 'content-type': 'application/json', 'content-length': String(answer.length) }

const waiting: ServerResponse[] = []
let busy = 0
let requests = 0
let answered = 0
let bodies = new Set<string>()

const end = (response: ServerResponse) => {
  answered += 1
  response.writeHead(200, headers).end(answer)
}

/** Spread evenly over the range, the same for every run. */
const serviceTime = (request: number): number => least + ((request * 0.618034) % 1) * (most - least)

function serve(response: ServerResponse): void {
  if (most === 0) {
    end(response)
    return
  }
  if (busy === slots) {
    waiting.push(response)
    return
  }
  busy += 1
  setTimeout(
    () => {
      busy -= 1
      end(response)
      const next = waiting.shift()
      if (next) serve(next)
    },
    serviceTime(answered + busy),
  )
}

const server = createServer((request, response) => {
  if (request.method === 'DELETE') {
    requests = 0
    answered = 0
    bodies = new Set()
  }
  if (request.method !== 'POST') {
    response.end(JSON.stringify({ requests, answered, bodies: bodies.size }))
    return
  }
  const hash = createHash('sha256')
  request.on('data', (chunk) => hash.update(chunk))
  request.on('end', () => {
    requests += 1
    bodies.add(hash.digest('base64'))
    serve(response)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))

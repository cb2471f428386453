import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a scripted judge answers: text, or the probability that the next token is yes; a number of 400 or more is a status. */
export interface JudgeScript {
  readonly text?: (prompt: string) => string
  readonly yes?: (prompt: string) => number
  /** Milliseconds that an answer takes. */
  readonly delay?: number
  /** The key without which requests are refused with 401. */
  readonly key?: string
  /** A status instead of an answer. */
  readonly status?: (prompt: string) => number | undefined
  /** Where it listens. Default: any that is free. */
  readonly port?: number
}

/** A server that speaks OpenAI's protocol as far as judges need it. */
export interface JudgeServer {
  /** The address up to `/v1`. */
  readonly url: string
  /** The prompts that were asked, in order; those of probes too. */
  readonly prompts: readonly string[]
  readonly close: () => Promise<void>
}

interface Asked {
  readonly messages: readonly { readonly content: string }[]
  readonly logprobs?: boolean
}

/** The logprobs of a next token that is yes or no. */
const logprobsOf = (yes: number): object => {
  const top_logprobs = [
    { token: 'yes', logprob: Math.log(yes), bytes: null },
    { token: 'no', logprob: Math.log(1 - yes), bytes: null },
  ]
  return { content: [{ token: 'yes', logprob: Math.log(yes), bytes: null, top_logprobs }] }
}

function answerOf({ messages, logprobs }: Asked, { text = () => 'yes', yes }: JudgeScript): object {
  const prompt = messages.at(-1)!.content
  const choice = {
    index: 0,
    finish_reason: 'stop',
    message: { role: 'assistant', content: logprobs ? 'yes' : text(prompt) },
    logprobs: logprobs && yes ? logprobsOf(yes(prompt)) : null,
  }
  const usage = { prompt_tokens: prompt.length, completion_tokens: 1, total_tokens: prompt.length + 1 }
  return { id: 'x', object: 'chat.completion', created: 0, model: 'local', choices: [choice], usage }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Starts a judge that a script decides for, on a port of its own. */
export async function startJudgeServer(script: JudgeScript): Promise<JudgeServer> {
  const prompts: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    if (request.method !== 'POST' || !request.url?.endsWith('/chat/completions')) {
      return send(response, 404, { error: { message: 'no such route' } })
    }
    const { authorization } = request.headers
    if (script.key !== undefined && authorization !== `Bearer ${script.key}`) {
      return send(response, 401, { error: { message: `wrong key: ${authorization}` } })
    }
    const asked: Asked = JSON.parse(body)
    const prompt = asked.messages.at(-1)!.content
    prompts.push(prompt)
    if (script.delay !== undefined) await new Promise((resolve) => setTimeout(resolve, script.delay))
    const status = script.status?.(prompt)
    if (status !== undefined) send(response, status, { error: { message: `status ${status} was asked for` } })
    else send(response, 200, answerOf(asked, script))
  })
  await new Promise<void>((resolve) => server.listen(script.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    prompts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

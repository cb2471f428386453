import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectServer } from '@prefkit/judges'
import type { LocalPolicy } from '@prefkit/lm'
import type { ServerClient } from '../rollouts/server-client'

/** What a server was asked. */
export interface Asked {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** What a server refuses, with its status. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

async function readBody(request: IncomingMessage): Promise<Asked['body']> {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text)
}

/** A server at work. */
interface TestServer {
  readonly baseUrl: string
  readonly client: ServerClient
  readonly requests: Asked[]
  close(): Promise<unknown>
}

/**
 * A server of one's own: what a function gives is its answer, as JSON or as a text; a {@link Refusal} has its status, and what else it
 * throws is status 500.
 */
export async function testServer(answer: (asked: Asked) => unknown): Promise<TestServer> {
  const requests: Asked[] = []
  const server = createServer(async (request, response) => {
    const asked = { path: request.url!, body: await readBody(request) }
    requests.push(asked)
    try {
      const given = await answer(asked)
      response.end(typeof given === 'string' ? given : JSON.stringify(given))
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 500
      response.writeHead(status).end(JSON.stringify({ error: { message: String(error) } }))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const baseUrl = `http://127.0.0.1:${port}/v1`
  const client = connectServer({ baseUrl, model: 'stories', retryDelay: 1 })
  return { ...{ baseUrl, client, requests }, close: () => new Promise((resolve) => server.close(resolve)) }
}

/** The adapters of a server as vLLM keeps them: names that it has are refused, and so are those that it does not have. */
export function adapterRoutes(onLoad: (path: string) => Promise<void> = async () => {}) {
  const loaded = new Set<string>()
  return {
    loaded,
    async answer({ path, body }: Asked): Promise<string> {
      const name = String(body.lora_name)
      if (path === '/v1/load_lora_adapter') {
        if (loaded.has(name)) {
          throw new Refusal(400, `The lora adapter '${name}' has already been loaded.`)
        }
        await onLoad(String(body.lora_path))
        loaded.add(name)
      } else if (!loaded.delete(name)) {
        throw new Refusal(404, `The lora adapter '${name}' cannot be found.`)
      }
      return `Success: LoRA adapter '${name}'.`
    },
  }
}

/** Completions of a policy, as vLLM answers. */
export const completionsOf =
  (policy: Pick<LocalPolicy, 'sample'>) =>
  async ({ body }: Asked) => {
    const [drawn] = await policy.sample([body.prompt as number[]], {
      maxNewTokens: Number(body.max_tokens),
      temperature: Number(body.temperature),
      seed: Number(body.seed),
    })
    const { tokens, text, finishReason, samplingLogProbs } = drawn!
    const written = Array.from(tokens, (id) => `token_id:${id}`)
    const logprobs = { tokens: written, token_logprobs: Array.from(samplingLogProbs) }
    return {
      choices: [{ index: 0, text, finish_reason: finishReason, token_ids: Array.from(tokens), logprobs }],
      usage: { completion_tokens: tokens.length },
    }
  }

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A server on a free port of this machine. */
export interface PageServer {
  readonly address: string
  stop(): void
}

/** Threads need shared memory, which a page has only when it is isolated from other origins. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const wasmFolder = dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))

const page = '<!doctype html><meta charset="utf-8"><script type="module" src="/main.js"></script>'

type Answer = readonly [type: string, body: string | Uint8Array]

/** Serves an empty page, the scripts by name, and tfjs's wasm files. */
export function servePage(scripts: ReadonlyMap<string, string>): Promise<PageServer> {
  const answerTo = (path: string): Answer | undefined => {
    if (path === '/') return ['text/html', page]
    const [, name, kind] = /^\/([\w-]+)\.(js|wasm)$/.exec(path) ?? []
    const script = kind === 'js' ? scripts.get(name!) : undefined
    if (script !== undefined) return ['text/javascript', script]
    if (kind === 'wasm') return ['application/wasm', readFileSync(join(wasmFolder, `${name}.wasm`))]
    return undefined
  }
  const server = createServer((request, response) => {
    const answer = answerTo(request.url ?? '/')
    response.writeHead(answer ? 200 : 404, { ...isolation, 'Content-Type': answer?.[0] ?? 'text/plain' })
    response.end(answer?.[1])
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({
        address: `http://127.0.0.1:${port}/`,
        stop: () => {
          server.close()
          server.closeAllConnections()
        },
      })
    })
  })
}

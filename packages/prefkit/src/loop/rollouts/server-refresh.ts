import type { PolicyBackend } from '@prefkit/lm'
import type { ServerClient } from './server-client'

/** Options of {@link adapterRefresh}. */
export interface AdapterRefreshOptions {
  /** The server. */
  readonly client: ServerClient
  /** Whose adapter the server gets. */
  readonly policy: Pick<PolicyBackend, 'save'>
  /** Where the adapter of some number is saved: a path that the server sees under the same name. */
  readonly pathOf: (number: number) => string
  /** Removes what was saved there, once the server has unloaded it. Default: it stays. */
  readonly remove?: (path: string) => Promise<void>
  /** What the server calls the adapters, with letters drawn at random and their numbers behind it. Default: `prefkit`. */
  readonly name?: string
  /** The first number, such as the step at which a run goes on. Default: 0. */
  readonly first?: number
}

/** How long the server may take. */
interface Call {
  readonly signal?: AbortSignal
}

/** What gives a server the policy's adapters. */
export interface AdapterRefresh {
  /** Saves the adapter and has it loaded. @returns the name that the server has for it. */
  (call?: Call): Promise<string>
  /** Has unloaded what the server still has of these adapters. It throws what the client and `remove` throw. */
  close(call?: Call): Promise<void>
}

/**
 * Gives the server the policy's adapter before responses are drawn, so that it draws them with the weights that learn: saves it,
 * has it loaded by vLLM's `/v1/load_lora_adapter` and the one before it unloaded. The server must run with `--enable-lora` and
 * `VLLM_ALLOW_RUNTIME_LORA_UPDATING=1`, and see the same files.
 *
 * A server refuses names that it has, and keeps prefixes by the name of their adapter: each is `<name>-<letters>-<number>`, with letters
 * drawn at random for each call of this function, so that neither a run that goes on nor one of the same seed meets a name again.
 * @returns what `refresh` of `serverRollouts` takes, to be closed at the end; it throws what saving, `remove` and the client throw.
 */
export function adapterRefresh({
  client,
  policy,
  pathOf,
  remove,
  name = 'prefkit',
  first = 0,
}: AdapterRefreshOptions): AdapterRefresh {
  const letters = globalThis.crypto.randomUUID().slice(0, 8)
  // The paths of what the server has, by their names, oldest first.
  const loaded = new Map<string, string>()
  let number = first
  const tell = (route: string, body: Readonly<Record<string, unknown>>, call: Call) =>
    client.request({ method: 'post', path: route, body, answer: 'text' }, call)
  // What could not be unloaded stays among them, and is tried again.
  async function unload(adapters: Iterable<readonly [string, string]>, call: Call): Promise<void> {
    for (const [adapter, path] of adapters) {
      await tell('/unload_lora_adapter', { lora_name: adapter }, call)
      loaded.delete(adapter)
      await remove?.(path)
    }
  }
  async function refresh(call: Call = {}): Promise<string> {
    const path = pathOf(number)
    const next = `${name}-${letters}-${number++}`
    await policy.save(path)
    await tell('/load_lora_adapter', { lora_name: next, lora_path: path }, call)
    const before = [...loaded]
    loaded.set(next, path)
    await unload(before, call)
    return next
  }
  return Object.assign(refresh, { close: (call: Call = {}) => unload([...loaded], call) })
}

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
  /** What the server calls the adapters, with their numbers behind it. Default: `prefkit`. */
  readonly name?: string
  /** The first number: of a run that goes on, one that the server has not seen yet. Default: 0. */
  readonly first?: number
}

/**
 * Gives the server the policy's adapter before responses are drawn, so that it draws them with the weights that learn: saves it,
 * has it loaded by vLLM's `/v1/load_lora_adapter` under a new name, which no cache of the server has seen, and the one before
 * it unloaded. The server must run with `--enable-lora` and `VLLM_ALLOW_RUNTIME_LORA_UPDATING=1`, and see the same files.
 * @returns what `refresh` of `serverRollouts` takes; it throws what saving and the client throw.
 */
export function adapterRefresh({
  client,
  policy,
  pathOf,
  name = 'prefkit',
  first = 0,
}: AdapterRefreshOptions) {
  let [number, loaded]: [number, string | undefined] = [first, undefined]
  return async (options: { readonly signal?: AbortSignal } = {}): Promise<string> => {
    const path = pathOf(number)
    const next = `${name}-${number++}`
    await policy.save(path)
    const tell = (route: string, body: Readonly<Record<string, unknown>>) =>
      client.request({ method: 'post', path: route, body, answer: 'text' }, options)
    await tell('/load_lora_adapter', { lora_name: next, lora_path: path })
    if (loaded !== undefined) await tell('/unload_lora_adapter', { lora_name: loaded })
    loaded = next
    return next
  }
}

import type { RewardModelOptions } from '@prefkit/reward-models'
import { type BackendChoice, describeBackend, resolveBackend } from '@prefkit/tensor'
import { runnerOf } from '../reward/model-runner'

/** What `auto` takes where nothing fast is installed, by its description. */
const slowBackends: Readonly<Record<string, string>> = {
  'gpu.js, webasm': "gpu.js's WebAssembly",
  'plain TypeScript loops': 'plain TypeScript',
}

/**
 * What a choice of backend runs on and why, for results and reports. When `auto` found neither a GPU nor ONNX Runtime it
 * says so on standard error, before any work is done.
 */
export async function announceBackend(choice: BackendChoice): Promise<string> {
  const { backend, reason } = await resolveBackend(choice)
  const slow = slowBackends[backend.description]
  if (choice === 'auto' && slow) {
    process.stderr.write(`note: running on ${slow}, which is slow for large models (${reason})\n`)
  }
  return describeBackend(choice)
}

/** {@link announceBackend} for a reward model: one of trees needs no backend. */
export const announceRunner = (
  model: Pick<RewardModelOptions, 'kind'>,
  choice: BackendChoice,
): Promise<string> => (model.kind === 'trees' ? runnerOf(model).describe(choice) : announceBackend(choice))

import { type BackendChoice, describeBackend, resolveBackend } from '@prefkit/tensor'

/**
 * What a choice of backend runs on and why, for results and reports. When `auto` had to fall back to plain TypeScript
 * it says so on standard error, before any work is done.
 */
export async function announceBackend(choice: BackendChoice): Promise<string> {
  const { backend, reason } = await resolveBackend(choice)
  if (choice === 'auto' && backend.name === 'reference') {
    process.stderr.write(`note: running on plain TypeScript, which is slow for large models (${reason})\n`)
  }
  return describeBackend(choice)
}

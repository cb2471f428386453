import { type Backend, referenceBackend } from '@prefkit/tensor'

/** A backend that knows how many graphs it has compiled, and how many of them were not released. */
export function countingBackend(): { backend: Backend; counts: { compiled: number; open: number } } {
  const counts = { compiled: 0, open: 0 }
  const backend: Backend = {
    ...referenceBackend,
    name: 'counting',
    async compile(graph) {
      const { run } = await referenceBackend.compile(graph)
      counts.compiled++
      counts.open++
      return {
        run,
        async release() {
          counts.open--
        },
      }
    },
  }
  return { backend, counts }
}

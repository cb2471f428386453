import { gpuLibrary } from '../libraries/prefkit-gpu.ts'
import { servePeer } from '../peer.ts'
import { prepareWork } from '../work.ts'

await servePeer(async (data, threads) => {
  // gpu.js starts as many threads as this says there are processors.
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: threads })
  const { run, description } = await prepareWork(await gpuLibrary('webasm'), data)
  return { run, description: `${description}, ${threads} thread(s)` }
})

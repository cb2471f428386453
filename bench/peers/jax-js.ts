import { jaxLibrary } from '../libraries/jax-js.ts'
import { servePeer } from '../peer.ts'
import { prepareWork } from '../work.ts'

await servePeer((data) => prepareWork(jaxLibrary('wasm', 'wasm, 1 thread (it has no more in Node)'), data))

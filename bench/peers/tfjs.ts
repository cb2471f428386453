import '@tensorflow/tfjs-backend-wasm'
import { tfjsLibrary } from '../libraries/tfjs.ts'
import { servePeer } from '../peer.ts'
import { prepareWork } from '../work.ts'

await servePeer((data) => prepareWork(tfjsLibrary('wasm', 'wasm, 1 thread (it has no more in Node)'), data))

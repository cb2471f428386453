import { nativeLibrary } from '../libraries/prefkit-native.ts'
import { servePeer } from '../peer.ts'
import { prepareWork } from '../work.ts'

await servePeer((data, threads) => prepareWork(nativeLibrary(threads), data))

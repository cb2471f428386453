export type { Safetensors } from '../safetensors/parse-safetensors'
export type { SerializeSafetensorsOptions } from '../safetensors/serialize-safetensors'
export { readSafetensors } from './read-safetensors'
export { writeSafetensors } from './write-safetensors'

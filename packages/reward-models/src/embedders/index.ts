export type { Embedder } from './embedder'
export { precomputed } from './precomputed'

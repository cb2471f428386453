export { sums } from './pairs'
export { parallel, work } from './threads'

export type { Matrix } from './data/matrix'
export type { BoostedTrees } from './model/boosted-trees'
export type { Tree } from './model/tree'
export { TreesError, type TreesErrorCode } from './trees-error'

import type { Tensor } from '@prefkit/tensor'
import { NnError } from '../nn-error'

/** Booleans in the structure of the parameters. */
export type MaskTree =
  | boolean
  | null
  | undefined
  | readonly MaskTree[]
  | { readonly [name: string]: MaskTree }

/**
 * Which parameters decay: a function of the path (such as `layers[0].weight`) and the tensor, or a tree of booleans in
 * the structure of the parameters.
 */
export type DecayMask = ((path: string, param: Tensor) => boolean) | MaskTree

/** A mask: matrices decay, biases and the weights of norms do not. */
export const weightsOnly = (_path: string, param: Tensor): boolean => param.rank >= 2

/** Says whether a parameter decays. */
export function resolveMask(mask: DecayMask = true): (path: string, param: Tensor) => boolean {
  if (typeof mask === 'function') return mask
  if (mask === true || mask === false) return () => mask
  const byPath = new Map(maskEntries(mask, ''))
  return (path) => {
    const decays = byPath.get(path)
    if (decays !== undefined) return decays
    throw new NnError('TREE_MISMATCH', `mask: expected true or false at ${path || 'the root'}, got nothing`)
  }
}

function maskEntries(mask: MaskTree, path: string): [path: string, decays: boolean][] {
  if (mask === null || mask === undefined) return []
  if (typeof mask === 'boolean') return [[path, mask]]
  if (Array.isArray(mask)) return mask.flatMap((item, i) => maskEntries(item, `${path}[${i}]`))
  return Object.entries(mask).flatMap(([name, item]) => maskEntries(item, path ? `${path}.${name}` : name))
}

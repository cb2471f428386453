import { Tensor } from '@prefkit/tensor'
import type { Params } from '../layers/layer'
import { NnError } from '../nn-error'
import { flattenParams } from './flatten-params'

/**
 * The tree of tensors by dotted name; undoes {@link flattenParams}.
 *
 * With `like`, a tree of the same structure with its tensors replaced; names, shapes and dtypes must be its. Without,
 * keys 0, 1, … n − 1 become an array, and what had been `null` is missing.
 * @throws NnError `TREE_MISMATCH` naming the first tensor that is missing, too many or of another shape or dtype, or a
 *   name that is a tensor and a group of tensors.
 */
export function unflattenParams(flat: Readonly<Record<string, Tensor>>): Params
export function unflattenParams<T>(flat: Readonly<Record<string, Tensor>>, like: T): T
export function unflattenParams(flat: Readonly<Record<string, Tensor>>, like?: unknown): unknown {
  if (like === undefined) return asArrays(groupByName(flat))
  const wanted = flattenParams(like)
  for (const [name, tensor] of Object.entries(wanted)) requireLike(name, own(flat, name), tensor)
  const extra = Object.keys(flat).find((name) => own(wanted, name) === undefined)
  if (extra !== undefined) throw new NnError('TREE_MISMATCH', `${extra}: there is no such parameter`)
  return fill(like, '', flat)
}

const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

function requireLike(name: string, found: Tensor | undefined, wanted: Tensor): void {
  const describe = ({ dtype, shape }: Tensor) => `${dtype} [${shape.join(', ')}]`
  const got = found ? describe(found) : 'nothing'
  if (got === describe(wanted)) return
  throw new NnError('TREE_MISMATCH', `${name}: expected ${describe(wanted)}, got ${got}`)
}

function fill(like: unknown, name: string, flat: Readonly<Record<string, Tensor>>): unknown {
  if (Tensor.isTensor(like)) return flat[name]
  if (like === null || like === undefined) return like
  const at = (key: string | number) => (name === '' ? `${key}` : `${name}.${key}`)
  if (Array.isArray(like)) return like.map((item, i) => fill(item, at(i), flat))
  return Object.fromEntries(Object.entries(like).map(([key, value]) => [key, fill(value, at(key), flat)]))
}

/** A group of tensors whose names begin alike, by what follows. */
type Group = Map<string, Group | Tensor>

function groupByName(flat: Readonly<Record<string, Tensor>>): Group {
  const root: Group = new Map()
  for (const [name, tensor] of Object.entries(flat)) {
    const path = name.split('.')
    let group = root
    for (const key of path.slice(0, -1)) {
      const next = group.get(key) ?? new Map()
      if (Tensor.isTensor(next)) throw clash(name)
      group.set(key, next)
      group = next
    }
    const last = path.at(-1)!
    if (group.has(last)) throw clash(name)
    group.set(last, tensor)
  }
  return root
}

const clash = (name: string): NnError =>
  new NnError('TREE_MISMATCH', `${name}: the same name, or its beginning, is a tensor and a group of tensors`)

function asArrays(group: Group): Params {
  const entries = [...group].map(([key, value]): [string, Params] => [
    key,
    Tensor.isTensor(value) ? value : asArrays(value),
  ])
  const items = new Map(entries)
  const inOrder = entries.map((_, i) => items.get(`${i}`))
  const isList = entries.length > 0 && inOrder.every((item) => item !== undefined)
  return isList ? inOrder : Object.fromEntries(entries)
}

import { TensorError } from '../core/errors'
import { formatValue } from '../core/format-tensor'
import { Tensor } from '../core/tensor'
import { treeEntries, treeLeaves } from '../core/tree'

/** Parts of a result, by key or position; `true` for all of it. */
export type Parts = true | readonly (string | number)[]

/** @throws TensorError `INVALID_ARGUMENT` unless the options of `jit` on where tensors lie are of their types. */
export function requirePlacement(resident: unknown, donate: unknown): void {
  const isKey = (part: unknown) => typeof part === 'string' || isPosition(part)
  if (resident !== undefined && resident !== true && !(Array.isArray(resident) && resident.every(isKey))) {
    throw invalid('resident', 'true, or a list of keys or positions of the result', resident)
  }
  if (donate !== undefined && !(Array.isArray(donate) && donate.every(isPosition))) {
    throw invalid('donate', 'a list of positions of arguments', donate)
  }
}

const isPosition = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0

const invalid = (option: string, expected: string, got: unknown): TensorError =>
  new TensorError('INVALID_ARGUMENT', `jit: ${option}: expected ${expected}, got ${formatValue(got)}`)

/** @throws TensorError `INVALID_ARGUMENT` for a position at which a call has no argument. */
export function requireDonated(donate: readonly number[], count: number): void {
  const beyond = donate.find((position) => position >= count)
  if (beyond !== undefined)
    throw invalid('donate', `positions below ${count}, the number of arguments`, beyond)
}

/**
 * For each tensor of the result, in order, whether it stays on the device.
 * @throws TensorError `INVALID_ARGUMENT` for a part that the result does not have.
 */
export function residentLeaves(result: unknown, parts: Parts = []): boolean[] {
  if (parts === true) return treeLeaves(result).map(() => true)
  const known = Tensor.isTensor(result) || !result ? [] : Object.keys(result)
  const unknown = parts.find((part) => !known.includes(`${part}`))
  if (unknown !== undefined) {
    const has = Tensor.isTensor(result)
      ? 'it is one tensor, which `true` names'
      : `it has ${known.join(', ')}`
    throw new TensorError(
      'INVALID_ARGUMENT',
      `jit: resident: the result has no part ${JSON.stringify(unknown)}; ${has}`,
    )
  }
  const heads = parts.map((part) => (Array.isArray(result) ? `[${part}]` : `${part}`))
  const stays = (path: string) =>
    heads.some((head) => path === head || path.startsWith(`${head}.`) || path.startsWith(`${head}[`))
  return treeEntries(result).map(([path]) => stays(path))
}

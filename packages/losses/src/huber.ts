import { abs, lessEqual, mul, sub, type Tensor, where } from '@prefkit/tensor'

/** ½e² for |e| ≤ δ, else δ(|e| − ½δ), elementwise (Huber 1964); PyTorch's `huber_loss`. */
export function huber(error: Tensor, delta: number): Tensor {
  const size = abs(error)
  const near = lessEqual(size, delta)
  // Far out the square is not taken: it would overflow, and its gradient with it.
  const small = where(near, error, 0)
  return where(near, mul(0.5, mul(small, small)), mul(delta, sub(size, 0.5 * delta)))
}

import { add, treeZip } from '@prefkit/tensor'

/**
 * params + updates, tensor by tensor.
 * @throws TensorError `SHAPE_MISMATCH` naming the first path that is not in both trees.
 */
export const applyUpdates = <P>(params: P, updates: P): P => treeZip((p, u) => add(p, u), params, updates)

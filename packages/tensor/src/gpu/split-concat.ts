import type { GpuNode } from './graph'

/** A concatenation of more tensors than a kernel reads arrays, as the steps it is done in, the last of which gives its result. */
export function splitConcat(node: GpuNode, arrays: number): GpuNode[] {
  if (node.inputs.length <= arrays) return [node]
  const axis = node.params.axis as number
  const groups = Array.from({ length: Math.ceil(node.inputs.length / arrays) }, (_, i): GpuNode => {
    const inputs = node.inputs.slice(i * arrays, (i + 1) * arrays)
    const along = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0)
    return { ...node, inputs, shape: node.shape.map((size, other) => (other === axis ? along : size)) }
  })
  const joins = splitConcat({ ...node, inputs: groups }, arrays)
  return [...groups, ...joins]
}

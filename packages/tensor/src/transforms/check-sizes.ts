import type { DimBindings } from '../core/dim'
import type { Graph, Node } from '../core/graph'
import { resolveParams } from '../core/primitive'
import type { Shape } from '../core/shape'

/**
 * Applies every shape rule again with the sizes of one call. What a rule cannot know of a symbolic dimension while
 * tracing (that a slice ends inside it, that a maximum is over something) is refused here, alike on every backend.
 * @throws TensorError of the rule that fails.
 */
export function checkSizes(graph: Graph, bindings: DimBindings): void {
  const shapes = new Map<Node, Shape>()
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => ({ shape: shapes.get(input)!, dtype: input.dtype }))
    const { primitive } = node
    const shape = primitive
      ? primitive.infer(inputs, resolveParams(node.params, bindings)).shape
      : resolveParams(node.shape, bindings)
    shapes.set(node, shape)
  }
}

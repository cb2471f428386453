import type { Backend } from '../backend'
import { evaluateDim } from '../core/dim'
import type { Node } from '../core/graph'
import { evaluate, resolveParams } from '../core/primitive'
import type { Tensor } from '../core/tensor'

/** Plain TypeScript loops over typed arrays: the oracle of every test, and what needs nothing installed. */
export const referenceBackend: Backend = {
  name: 'reference',
  description: 'plain TypeScript loops',
  refuses: () => undefined,
  async compile(graph) {
    return {
      async run(inputs, bindings) {
        const env = new Map<Node, Tensor>()
        graph.inputs.forEach((node, i) => {
          env.set(node, inputs[i]!)
        })
        for (const node of graph.nodes) {
          if (node.kind === 'constant') env.set(node, node.value!)
          if (node.kind !== 'op') continue
          const operands = node.inputs.map((input) => env.get(input)!)
          const shape = node.shape.map((dim) => evaluateDim(dim, bindings))
          const params = resolveParams(node.params, bindings)
          env.set(node, evaluate(node.primitive!, operands, params, { shape, dtype: node.dtype }))
        }
        return graph.outputs.map((node) => env.get(node)!)
      },
      async release() {},
    }
  },
}

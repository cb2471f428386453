import type { DimBindings } from '../core/dim'
import type { DType } from '../core/dtype'
import type { Graph } from '../core/graph'
import { type Params, type Primitive, resolveParams } from '../core/primitive'
import type { Shape } from '../core/shape'

/** One shape rule of a graph: that of an op, or the shape of an input or a constant. */
interface ShapeRule {
  readonly primitive: Primitive | undefined
  /** Of the operands, which rules give their shapes. */
  readonly inputs: readonly { readonly rule: number; readonly dtype: DType }[]
  readonly params: Params
  readonly shape: Shape
}

/** The shape rules of a graph, without its constants: they are kept as long as what was compiled. */
export function shapeRules({ nodes }: Graph): readonly ShapeRule[] {
  const places = new Map(nodes.map((node, i) => [node, i]))
  return nodes.map(({ primitive, inputs, params, shape }) => ({
    primitive,
    inputs: inputs.map((input) => ({ rule: places.get(input)!, dtype: input.dtype })),
    params,
    shape,
  }))
}

/**
 * Applies every shape rule again with the sizes of one call. What a rule cannot know of a symbolic dimension while
 * tracing (that a slice ends inside it, that a maximum is over something) is refused here, alike on every backend.
 * @throws TensorError of the rule that fails.
 */
export function checkSizes(rules: readonly ShapeRule[], bindings: DimBindings): void {
  const shapes: Shape[] = []
  for (const { primitive, inputs, params, shape } of rules) {
    const operands = inputs.map(({ rule, dtype }) => ({ shape: shapes[rule]!, dtype }))
    const resolved = resolveParams(primitive ? params : shape, bindings)
    shapes.push(primitive ? primitive.infer(operands, resolved as Params).shape : (resolved as Shape))
  }
}

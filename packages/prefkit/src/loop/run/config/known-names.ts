import { z } from 'zod'
import { bare, type Schema } from './schema-layers'

const isObject = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null

/** Of several forms, the one that a value says it has. */
function chosen(schema: Schema, value: unknown): Schema {
  const own = bare(schema)
  if (!(own instanceof z.ZodDiscriminatedUnion)) return own
  const { discriminator, options } = own.def
  const said = isObject(value) ? value[discriminator] : undefined
  const fits = options.find((option) => {
    const inner = bare(option)
    return inner instanceof z.ZodObject && z.safeParse(inner.shape[discriminator]!, said).success
  })
  return fits ? bare(fits) : own
}

/** The names that may stand at a place: none where anything may. */
export function knownNames(schema: Schema, path: readonly PropertyKey[], value: unknown): readonly string[] {
  const own = chosen(schema, value)
  const [part, ...rest] = path
  const inner = isObject(value) && part !== undefined ? value[part] : undefined
  if (own instanceof z.ZodObject) {
    if (part === undefined) return Object.keys(own.shape)
    const next = own.shape[String(part)]
    return next ? knownNames(next, rest, inner) : []
  }
  return own instanceof z.ZodArray && part !== undefined ? knownNames(own.def.element, rest, inner) : []
}

import { z } from 'zod'

/** Any schema. */
export type Schema = z.core.$ZodType

function inside(schema: Schema): Schema | undefined {
  const surrounds =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
  if (surrounds) return schema.def.innerType
  return schema instanceof z.ZodPipe ? schema.def.out : undefined
}

/** A schema and what it surrounds, from the outside in: defaults, what comes before, whether it may be left out. */
export function layersOf(schema: Schema): readonly Schema[] {
  const inner = inside(schema)
  return inner ? [schema, ...layersOf(inner)] : [schema]
}

/** What a schema is of, without what surrounds it. */
export const bare = (schema: Schema): Schema => layersOf(schema).at(-1)!

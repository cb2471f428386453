import { stringify } from 'yaml'
import { z } from 'zod'
import { bare, layersOf, type Schema } from '../schema-layers'
import { taken } from '../values'

/** A setting, as a reference tells of it. */
export interface Setting {
  /** From its section on, such as `lora.rank`. */
  readonly path: string
  /** In words. */
  readonly takes: string
  /** As it would be written; undefined where nothing stands for it. */
  readonly standard?: string
  readonly isRequired: boolean
  readonly says: string
}

/** @throws Error for a schema that nobody has described. */
export function descriptionOf(schema: Schema, path: string): string {
  const [found] = layersOf(schema).flatMap((layer) => z.globalRegistry.get(layer)?.description ?? [])
  if (found !== undefined) return found
  throw new Error(`the setting ${path} has no description`)
}

/** Whether something has to be written. */
export const isRequired = (schema: Schema): boolean =>
  !layersOf(schema).some(
    (layer) =>
      layer instanceof z.ZodOptional || layer instanceof z.ZodDefault || layer instanceof z.ZodPrefault,
  )

const wordsOf = (schema: Schema): string | undefined =>
  layersOf(schema).flatMap((layer) => taken.get(layer)?.takes ?? [])[0]

/** Words of schemas that say themselves what they take. */
const plainWords: readonly ((schema: Schema) => string | undefined)[] = [
  (schema) => (schema instanceof z.ZodString ? 'text' : undefined),
  (schema) => (schema instanceof z.ZodBoolean ? 'true or false' : undefined),
  (schema) => (schema instanceof z.ZodEnum ? schema.options.join(', ') : undefined),
  (schema) =>
    schema instanceof z.ZodArray && schema.def.element instanceof z.ZodString ? 'a list of texts' : undefined,
]

function takesOf(schema: Schema, path: string): string {
  const own = wordsOf(schema)
  if (own !== undefined) return own
  const found = plainWords.map((words) => words(bare(schema))).find((words) => words !== undefined)
  if (found !== undefined) return found
  throw new Error(`nobody knows in words what the setting ${path} takes`)
}

/** A value as YAML, in one line. */
function written(value: unknown): string {
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential()
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim()
}

function standardOf(schema: Schema): Pick<Setting, 'standard'> {
  const layer = layersOf(schema).find((each) => each instanceof z.ZodDefault || each instanceof z.ZodPrefault)
  return layer ? { standard: written(layer.def.defaultValue) } : {}
}

const settingOf = (path: string, schema: Schema): Setting => ({
  ...{ path, takes: takesOf(schema, path), isRequired: isRequired(schema) },
  ...standardOf(schema),
  says: descriptionOf(schema, path),
})

/** Whether a schema is a group of settings that are told of one by one. */
export const isGroup = (schema: Schema): boolean =>
  wordsOf(schema) === undefined && bare(schema) instanceof z.ZodObject

/** All settings of a group, with those of the groups in it. */
export function settingsOf(shape: Readonly<Record<string, Schema>>, before = ''): Setting[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const path = `${before}${name}`
    const own = bare(schema)
    if (!isGroup(schema) || !(own instanceof z.ZodObject)) return [settingOf(path, schema)]
    const group = { path, takes: 'settings', isRequired: isRequired(schema) }
    return [{ ...group, says: descriptionOf(schema, path) }, ...settingsOf(own.shape, `${path}.`)]
  })
}

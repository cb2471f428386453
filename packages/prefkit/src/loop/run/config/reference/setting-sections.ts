import { z } from 'zod'
import { chosen } from '../../../choices/named-choice'
import { runSchema } from '../run-config'
import { bare, type Schema } from '../schema-layers'
import { reward } from '../sections/rewards'
import { descriptionOf, isGroup, isRequired, type Setting, settingsOf } from './setting'

/** One of the forms of a section: by which values of the setting that chooses it, and what it is. */
export interface SettingForm {
  readonly names: readonly string[]
  readonly says: string
}

/** Settings with the forms that have them; those of a section without forms have none. */
export interface SettingGroup {
  readonly forms: readonly SettingForm[]
  readonly settings: readonly Setting[]
}

/** A section of a run's settings. */
export interface SettingSection {
  readonly name: string
  readonly says: string
  readonly isRequired: boolean
  /** The setting that chooses the form, and the forms. */
  readonly choice?: { readonly by: string; readonly forms: readonly SettingForm[] }
  readonly groups: readonly SettingGroup[]
}

/** The name of what stands in no section. */
const outside = 'run'

const valuesOf = (schema: Schema): string[] => {
  const own = bare(schema)
  if (own instanceof z.ZodLiteral) return [...own.def.values].map(String)
  return own instanceof z.ZodEnum ? own.options.map(String) : []
}

/** Of several forms: what is the same in some of them is told of once. */
function formsOf(name: string, { def }: z.ZodDiscriminatedUnion): Pick<SettingSection, 'choice' | 'groups'> {
  const by = def.discriminator
  const told = def.options.flatMap((option) => {
    const own = bare(option)
    if (!(own instanceof z.ZodObject)) return []
    const { [by]: chosen, ...shape } = own.shape
    const names = valuesOf(chosen!)
    const form = { names, says: descriptionOf(option, `${name}.${by}: ${names[0]}`) }
    return settingsOf(shape).map((setting) => ({ form, setting, key: JSON.stringify(setting) }))
  })
  const same = [...Map.groupBy(told, ({ key }) => key).values()].map((each) => ({
    setting: each[0]!.setting,
    forms: each.map(({ form }) => form),
  }))
  const groups = Map.groupBy(same, ({ forms }) => forms.map(({ names }) => names[0]).join(' '))
  return {
    choice: { by, forms: [...new Set(told.map(({ form }) => form))] },
    // What many forms have comes first.
    groups: [...groups.values()]
      .map((each) => ({ forms: each[0]!.forms, settings: each.map(({ setting }) => setting) }))
      .toSorted((a, b) => b.forms.length - a.forms.length),
  }
}

function sectionOf(name: string, schema: Schema): SettingSection {
  const own = bare(schema)
  const head = { name, says: descriptionOf(schema, name), isRequired: isRequired(schema) }
  if (own instanceof z.ZodDiscriminatedUnion) return { ...head, ...formsOf(name, own) }
  if (own instanceof z.ZodObject) return { ...head, groups: [{ forms: [], settings: settingsOf(own.shape) }] }
  throw new Error(`${name} is no section`)
}

const isSection = (schema: Schema): boolean =>
  isGroup(schema) || bare(schema) instanceof z.ZodDiscriminatedUnion

/** Everything that a run can be told, as its schema has it: what stands in no section, the sections, and what a reward is. */
export function settingSections(): SettingSection[] {
  const all = Object.entries(runSchema.shape)
  const plain = all.filter(([, schema]) => !isSection(schema))
  const top: SettingSection = {
    ...{ name: outside, says: 'What stands in no section.', isRequired: false },
    groups: [{ forms: [], settings: settingsOf(Object.fromEntries(plain)) }],
  }
  const sections = all.filter(([, schema]) => isSection(schema))
  return [top, ...sections.map(([name, schema]) => sectionOf(name, schema)), sectionOf('reward', reward)]
}

/**
 * The section of a name, or all.
 * @throws PrefkitError `INVALID_CONFIG` for a section that does not exist, with those that do.
 */
export function sectionsOfName(name: string | undefined): SettingSection[] {
  const sections = settingSections()
  if (name === undefined) return sections
  return [chosen('--settings', name, Object.fromEntries(sections.map((section) => [section.name, section])))]
}

import type { Setting } from './setting'
import { type SettingForm, type SettingGroup, type SettingSection, sectionsOfName } from './setting-sections'

/** What a form is called: all its names would be too many. */
export const formLabel = ({ names }: SettingForm): string =>
  names.length > 3 ? `${names[0]} … ${names.at(-1)}` : names.join(', ')

const settingText = ({ path, takes, standard, isRequired, says }: Setting): string[] => {
  const value = standard === undefined ? '' : ` = ${standard}`
  return [`  ${path}${value} (${takes}${isRequired ? '; required' : ''})`, `      ${says}`]
}

const groupText = ({ forms, settings }: SettingGroup, { choice }: SettingSection): string[] => {
  const isOfAll = choice === undefined || forms.length === choice.forms.length
  const head = isOfAll ? [] : [`  -- of ${forms.map(formLabel).join(', ')}`]
  return [...head, ...settings.flatMap(settingText), '']
}

function sectionText(section: SettingSection): string[] {
  const { name, says, isRequired, choice, groups } = section
  const forms = choice?.forms.flatMap((form) => [`    ${form.names.join(', ')}`, `      ${form.says}`])
  return [
    `${name}: ${says}${isRequired && name !== 'reward' ? ' Required.' : ''}`,
    '',
    ...(forms ? [`  ${choice!.by} (required), one of`, ...forms, ''] : []),
    ...groups.flatMap((group) => groupText(group, section)),
  ]
}

/**
 * All settings of a run for reading, or those of a section.
 * @throws PrefkitError `INVALID_CONFIG` for a section that does not exist, with those that do.
 */
export const settingsText = (name?: string): string =>
  sectionsOfName(name).flatMap(sectionText).join('\n').trimEnd()

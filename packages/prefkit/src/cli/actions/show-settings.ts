import { printJson, printText } from '../print'

/** Runs `prefkit run --settings`: tells what can be set, all of it or of one section. */
export async function showSettingsAction(section: string | true, json: boolean): Promise<void> {
  const name = section === true ? undefined : section
  const { sectionsOfName } = await import('../../loop/run/config/reference/setting-sections')
  const { settingsText } = await import('../../loop/run/config/reference/settings-text')
  if (json) printJson(sectionsOfName(name))
  else printText(settingsText(name))
}

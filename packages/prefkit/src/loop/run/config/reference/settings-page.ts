import { stringify } from 'yaml'
import { policyGradientPresets } from '../../../choices/policy-gradient-presets'
import { monitors } from '../../../monitors/monitors'
import type { Setting } from './setting'
import { type SettingGroup, type SettingSection, settingSections } from './setting-sections'
import { formLabel } from './settings-text'

/** Text for a cell of a table: what Markdown would read is left as it is. */
const cell = (text: string): string => text.replaceAll(/[|*<_]/g, '\\$&')
const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``)

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const rowOf = ({ path, takes, standard, isRequired, says }: Setting): string[] => [
  ...[code(path), cell(takes), isRequired ? 'required' : code(standard ?? ''), cell(says)],
]

function groupPart({ forms, settings }: SettingGroup, { choice }: SettingSection): string[] {
  const rows = table(['setting', 'takes', 'default', 'what it is'], settings.map(rowOf))
  if (!choice) return [rows]
  const names =
    forms.length === choice.forms.length ? 'all of them' : forms.map(formLabel).map(code).join(', ')
  return [`Of ${names}:`, rows]
}

function sectionPart(section: SettingSection): string[] {
  const { name, says, isRequired, choice, groups } = section
  const forms = choice?.forms.map((form) => [form.names.map(code).join(', '), cell(form.says)])
  return [
    `## ${name}`,
    `${cell(says)}${isRequired && name !== 'reward' ? ' Required.' : ''}`,
    ...(forms ? [table([code(choice!.by), 'what it is'], forms)] : []),
    ...groups.flatMap((group) => groupPart(group, section)),
  ]
}

const flow = (value: object): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim()

const choiceText = ({ name, options }: { readonly name: string; readonly options?: object }): string =>
  code(options ? `${name} ${flow(options)}` : name)

function presetPart(): string[] {
  const rows = Object.entries(policyGradientPresets).map(([name, preset]) => {
    const { source, advantages, loss, reduction, ...more } = preset
    return [
      code(name),
      source,
      choiceText(advantages),
      choiceText(loss),
      code(reduction),
      code(moreText(more)),
    ]
  })
  return [
    '## Methods of policy gradients',
    'What each `policy.algorithm` without a value model is made of; any of it can be set otherwise. GRPO without a penalty is `custom`.',
    table(['algorithm', 'paper', 'advantages', 'loss', 'reduction', 'besides'], rows),
  ]
}

const moreText = (more: object): string =>
  Object.keys(more).length === 0 ? '' : flow(more).slice(1, -1).trim()

const monitorPart = (): string[] => [
  '## Monitors',
  'What `monitors` can set otherwise, such as `monitors: {kl-blow-up: {window: 5}, length-drift: false}`, with the defaults.',
  table(
    ['monitor', 'options'],
    Object.entries(monitors).map(([name, { defaults }]) => [
      code(name),
      code(flow(defaults).slice(1, -1).trim()),
    ]),
  ),
]

/** `docs/run-settings.md`: everything that a run can be told, made of its schema. */
export function settingsPage(): string {
  const sections = settingSections()
  return `${[
    '# Settings of `prefkit run`',
    'One file says what a run is: YAML or JSON. Sections that are not there are stages that are not made, or have their defaults;\n' +
      '`prefkit run --example` prints a file to begin with, `--set policy.steps=20` sets one setting otherwise, `--dry-run` shows all\n' +
      'of them as they will be used, and `prefkit run --settings policy` prints what is on this page. Paths begin at the working directory.',
    'Made from the schema by `pnpm exec vitest run --config ../../vitest.config.ts --root . src/loop/run/config/reference -u` in\n' +
      '`packages/prefkit`; do not edit.',
    ...sections.flatMap(sectionPart),
    ...presetPart(),
    ...monitorPart(),
  ].join('\n\n')}\n`
}

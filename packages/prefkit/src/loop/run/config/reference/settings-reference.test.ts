import { expect, it } from 'vitest'
import { settingSections } from './setting-sections'
import { settingsPage } from './settings-page'
import { settingsText } from './settings-text'

const sectionOf = (name: string) => settingSections().find((section) => section.name === name)!
const settingsIn = (name: string) => sectionOf(name).groups.flatMap(({ settings }) => settings)

it('is what docs/run-settings.md says', async () => {
  await expect(settingsPage()).toMatchFileSnapshot('../../../../../../../docs/run-settings.md')
})

it('tells of every setting what it takes, its default and what it is', () => {
  const { steps, klTarget, rewards } = Object.fromEntries(
    settingsIn('policy').map((each) => [each.path, each]),
  )
  expect(steps).toEqual({
    ...{ path: 'steps', takes: 'a whole number of at least 1', standard: '100', isRequired: false },
    says: 'Steps of learning.',
  })
  expect(klTarget).not.toHaveProperty('standard')
  expect(rewards).toMatchObject({ takes: 'a list of rewards', isRequired: true })
  expect(settingsIn('model').map(({ path }) => path)).toEqual(expect.arrayContaining(['lora', 'lora.rank']))
})

it('tells once of what several forms share, and apart of what they do not', () => {
  const { choice, groups } = sectionOf('policy')
  expect(choice!.forms.flatMap(({ names }) => names)).toEqual(
    expect.arrayContaining(['ppo', 'custom', 'grpo']),
  )
  const standards = groups.flatMap(({ forms, settings }) =>
    settings
      .filter(({ path }) => path === 'learningRate')
      .flatMap(({ standard }) => forms.map(({ names }) => [names[0], standard])),
  )
  expect(standards).toHaveLength(choice!.forms.length)
  expect(Object.fromEntries(standards)).toMatchObject({ ppo: '1e-5', grpo: '1e-5', preferences: '5e-6' })
})

it('prints a section, and says which there are', () => {
  expect(settingsText('anchors')).toMatch(
    /^anchors: [^\n]*\n\n {2}n = 30 \(a whole number of at least 1\)\n {6}\S/,
  )
  expect(settingsText()).toContain('\nsampling: ')
  expect(() => settingsText('anchor')).toThrow(
    /--settings: expected one of run, model, .*did you mean anchors\?/,
  )
})

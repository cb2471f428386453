import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { byDataset, createContext, SERIES_COLORS } from './report-context'
import { REPORT_STYLE } from './report-style'

test('each model keeps one look, baselines are grey', () => {
  const { look, severalDatasets } = createContext({
    title: 't',
    models: [
      { name: 'base', kind: 'baseline', accuracy: 0.5, pairs: 1 },
      { name: 'A', accuracy: 0.5, pairs: 1 },
    ],
    margins: [
      { model: 'B', margins: [] },
      { model: 'A', margins: [] },
      { model: 'base', margins: [] },
    ],
  })
  expect([look('A'), look('B'), look('base')]).toEqual([
    { color: 'var(--series-1)', symbol: 'circle' },
    { color: 'var(--series-2)', symbol: 'square' },
    { color: 'var(--muted)', symbol: 'circle' },
  ])
  expect(severalDatasets).toBe(false)
})

test('the style sheet has every colour, in light and in dark', () => {
  for (let i = 1; i <= SERIES_COLORS; i++) expect(REPORT_STYLE.split(`--series-${i}:`)).toHaveLength(3)
})

test('every variable that a chart or a rule uses is defined', () => {
  const sources = ['accuracy', 'best-of-n', 'group', 'learning', 'length', 'margin', 'reliability'].map(
    (name) => readFileSync(new URL(`sections/${name}-section.ts`, import.meta.url), 'utf8'),
  )
  const used = [REPORT_STYLE, ...sources].flatMap((text) =>
    [...text.matchAll(/var\((--[a-z0-9-]+)\)/g)].map(([, name]) => name!),
  )
  for (const name of used.filter((name) => name !== '--key')) expect(REPORT_STYLE).toContain(`${name}:`)
})

test('rows are parted by dataset in order of first appearance', () => {
  expect(byDataset([{ dataset: 'b' }, {}, { dataset: 'b' }])).toEqual([
    ['b', [{ dataset: 'b' }, { dataset: 'b' }]],
    [undefined, [{}]],
  ])
})

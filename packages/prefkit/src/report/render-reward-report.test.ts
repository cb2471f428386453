import { bestOfN } from '@prefkit/evals'
import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import { renderRewardReport } from './render-reward-report'
import type { RewardReportData } from './report-data'
import { sampleReport } from './sample-report'
import { MOST_MISTAKES } from './sections/mistake-section'
import { textLimit } from './text-block'

const open = (data: RewardReportData) => parseHTML(renderRewardReport(data)).document
const texts = (elements: Iterable<{ textContent: string | null }>) => [...elements].map((e) => e.textContent)

test('every part has its section, its charts and its link', () => {
  const document = open(sampleReport())
  expect(texts(document.querySelectorAll('h1'))).toEqual(['A sample'])
  expect(texts(document.querySelectorAll('h2'))).toEqual([
    'How good are the models?',
    'How did they learn?',
    'Can its confidence be trusted?',
    'What happens when it picks the best of many?',
    'How sure is it, and when is it wrong?',
    'Where is it good, and where not?',
    'Is it only counting words?',
    'What were the worst mistakes?',
    'What data is this?',
    'How to run it again',
  ])
  const charts = Object.fromEntries(
    [...document.querySelectorAll('section')].map((section) => [
      section.id,
      section.querySelectorAll('svg').length,
    ]),
  )
  expect(charts).toEqual({
    models: 2,
    learning: 4,
    calibration: 2,
    'best-of-n': 1,
    margins: 4,
    groups: 2,
    length: 2,
    mistakes: 0,
    data: 0,
    environment: 0,
  })
  for (const link of document.querySelectorAll('nav a')) {
    expect(document.querySelector(link.getAttribute('href')!)).not.toBeNull()
  }
  for (const svg of document.querySelectorAll('svg')) expect(svg.getAttribute('aria-label')).toBeTruthy()
  for (const figure of document.querySelectorAll('figure')) {
    expect(figure.querySelector('figcaption')!.textContent!.length).toBeGreaterThan(40)
  }
  expect(texts(document.querySelectorAll('.summary p'))).toHaveLength(2)
})

test('the table shows each model’s numbers, best first', () => {
  const rows = [...open(sampleReport()).querySelectorAll('#models table')[0]!.querySelectorAll('tbody tr')]
  expect(rows.map((row) => row.querySelector('th')!.textContent)).toEqual([
    'BT',
    'CLF',
    'longer wins (baseline)',
  ])
  expect(texts(rows[2]!.querySelectorAll('td'))).toEqual(['55.0\u00a0%', '–', '–', '–', '–', '240'])
})

test('nothing is loaded and nothing runs', () => {
  const html = renderRewardReport(sampleReport())
  const document = parseHTML(html).document
  expect(
    document.querySelectorAll('script, link, img, iframe, object, embed, image, use, base'),
  ).toHaveLength(0)
  expect(html).not.toMatch(/\s(?:src|srcset|xlink:href|on\w+)\s*=/i)
  expect(html).not.toMatch(/@import|url\(/i)
  expect(html).not.toMatch(/https?:\/\//i)
  for (const link of document.querySelectorAll('[href]')) expect(link.getAttribute('href')).toMatch(/^#/)
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')!
  expect(policy.getAttribute('content')).toBe("default-src 'none'; style-src 'unsafe-inline'")
})

test('equal data make equal pages', () => {
  const first = renderRewardReport(sampleReport())
  expect(renderRewardReport(sampleReport())).toBe(first)
})

test('every text anyone can put in is escaped', () => {
  const evil = `</script></style></title></svg><img src=x onerror="alert(1)">' & "`
  // Every string of the sample, save those that choose between forms, becomes the hostile one.
  const poison = (value: unknown, key?: string): unknown => {
    if (typeof value === 'string') return key === 'kind' ? value : `${value}${evil}`
    if (Array.isArray(value)) return value.map((item) => poison(item))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, poison(v, k)]))
  }
  const data = {
    ...(poison(sampleReport()) as RewardReportData),
    goldenName: evil,
    groupName: evil,
    annotators: evil,
  }
  const document = open(data)
  expect(document.querySelectorAll('script, img')).toHaveLength(0)
  expect(document.querySelectorAll('svg')).toHaveLength(open(sampleReport()).querySelectorAll('svg').length)
  expect(document.querySelectorAll('section')).toHaveLength(10)
  expect(document.querySelector('h1')!.textContent).toBe(`A sample${evil}`)
  expect(document.querySelector('blockquote')!.textContent).toBe(`Uniforms?${evil}`)
  expect(document.querySelector('title')!.textContent).toBe(`A sample${evil}`)
})

test('only a title is needed', () => {
  const document = open({ title: 'Bare' })
  expect(texts(document.querySelectorAll('h1'))).toEqual(['Bare'])
  expect(document.querySelectorAll('section, nav, .summary, svg')).toHaveLength(0)
})

test('empty lists are as good as none', () => {
  const document = open({
    title: 'Empty',
    models: [],
    learningCurves: [],
    reliability: [],
    bestOfN: [],
    margins: [],
    groupAccuracy: [],
    length: [],
    mistakes: [],
    datasets: [],
    environment: { facts: {} },
  })
  expect(document.querySelectorAll('section')).toHaveLength(0)
})

test('numbers that are not finite are dashes and gaps, never NaN', () => {
  const spoil = (value: unknown): unknown => {
    if (typeof value === 'number') return Number.NaN
    if (Array.isArray(value)) return value.map(spoil)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spoil(v)]))
  }
  const { config: _, environment: __, ...data } = spoil(sampleReport()) as RewardReportData
  const html = renderRewardReport(data)
  expect(html).not.toMatch(/NaN|Infinity|undefined/)
  expect(parseHTML(html).document.querySelectorAll('svg')).toHaveLength(0)
})

test('one spoiled epoch leaves the rest of its curve', () => {
  const curve = sampleReport().learningCurves![0]!
  const points = curve.points.map((point, i) => (i === 3 ? { ...point, validationLoss: Number.NaN } : point))
  const html = renderRewardReport({ title: 't', learningCurves: [{ ...curve, points }] })
  expect(html).not.toContain('NaN')
  expect(parseHTML(html).document.querySelectorAll('svg')).toHaveLength(2)
})

const mistake = { model: 'BT', chosen: 'yes', rejected: 'no', chosenScore: 0, rejectedScore: 3 }

test('mistakes tell scores, margin and votes, behind a warning unless told otherwise', () => {
  const document = open({ title: 't', mistakes: [{ ...mistake, votes: { chosen: 3, rejected: 2 } }] })
  expect(document.querySelector('details summary')!.textContent).toContain('Warning')
  expect(document.querySelector('details .meta')!.textContent).toContain(
    'BT · margin −3.00. Annotators: 3 for the chosen, 2 for the rejected.',
  )
  expect(document.querySelector('.rejected h4')!.textContent).toBe('The model preferred score 3.00')
  const harmless = open({ title: 't', mistakes: [mistake], mayOffend: false })
  expect(harmless.querySelectorAll('details')).toHaveLength(0)
  expect(harmless.querySelectorAll('article')).toHaveLength(1)
})

test('huge and empty texts: cut with the count, and said', () => {
  const document = open({ title: 't', mistakes: [{ ...mistake, prompt: 'x'.repeat(1e6), chosen: ' ' }] })
  const [prompt, chosen] = texts(document.querySelectorAll('blockquote'))
  expect(prompt).toContain(`… ${(1e6 - textLimit).toLocaleString('en-US')} more characters`)
  expect(prompt!.length).toBeLessThan(textLimit + 50)
  expect(chosen).toBe('(empty)')
})

test('many mistakes: the first are shown and the rest counted', () => {
  const document = open({ title: 't', mistakes: Array.from({ length: MOST_MISTAKES + 5 }, () => mistake) })
  expect(document.querySelectorAll('article')).toHaveLength(MOST_MISTAKES)
  expect(document.querySelector('details')!.textContent).toContain('5 more are left out here.')
})

test('many groups make two panels, and too many are cut to the largest', () => {
  const groups = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      model: 'BT',
      group: `topic ${i}`,
      pairs: i + 1,
      accuracy: 0.5 + i / 200,
    }))
  const two = open({ title: 't', groupAccuracy: groups(20) })
  expect(texts(two.querySelectorAll('h3'))).toEqual([
    'Accuracy by group: the better half',
    'Accuracy by group: the worse half',
  ])
  const cut = open({ title: 't', groupAccuracy: groups(60) })
  expect(cut.querySelector('figcaption')!.textContent).toContain('The 40 largest of 60 are shown.')
  expect(cut.querySelector('svg')!.textContent).toContain('topic 59')
  expect(cut.querySelector('main')!.textContent).not.toContain('topic 19')
})

test('simulated annotators are not called people', () => {
  const html = renderRewardReport({ ...sampleReport(), annotators: 'simulated annotators' })
  expect(html).toContain('agrees with simulated annotators on')
  expect(html).toContain('Simulated annotators chose')
  expect(html.replace('texts that people wrote', '')).not.toMatch(/people/i)
})

test('the smallest of everything draws without a NaN', () => {
  const { models, reliability, length } = sampleReport()
  const html = renderRewardReport({
    title: 't',
    models: models!.slice(0, 1).map((model) => ({ ...model, accuracy: 1, interval: undefined })),
    reliability: reliability!.slice(0, 1).map((one) => ({ ...one, bins: one.bins.slice(0, 1) })),
    length: length!.slice(0, 1),
    margins: [{ model: 'BT', margins: [0] }],
    groupAccuracy: [{ model: 'BT', group: 'only', pairs: 1, accuracy: 0 }],
    learningCurves: [
      { model: 'BT', points: [{ step: 1, trainLoss: 0.7, validationLoss: 0.7, validationAccuracy: 0.5 }] },
    ],
    bestOfN: [{ model: 'BT', curve: bestOfN({ scores: [[1]], golden: [[2]], n: [1], resamples: 1 }) }],
  })
  expect(html).not.toMatch(/NaN|Infinity|undefined/)
  expect(parseHTML(html).document.querySelectorAll('svg')).toHaveLength(8)
})

test('with one dataset no heading repeats its name', () => {
  const data = sampleReport()
  const models = data.models!.filter(({ dataset }) => dataset === 'debates')
  expect(texts(open({ title: 't', models }).querySelectorAll('h3'))).toEqual(['Accuracy'])
})

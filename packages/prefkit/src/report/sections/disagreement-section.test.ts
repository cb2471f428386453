import { expect, it } from 'vitest'
import { type Disagreement, disagreementSection, mostDisagreements } from './disagreement-section'

const disagreement = (id: string, sureness = 0): Disagreement => ({
  id,
  group: 'safety',
  prompt: 'Is <b>this</b> safe?',
  chosen: 'No.',
  rejected: 'Yes & certainly.',
  opinion: `the judge is <${sureness}> sure`,
  sureness,
  readings: [{ heading: 'chosen shown first: prefers the other', text: 'B is "better" </blockquote>' }],
})

it('escapes every text and shows the surest first', () => {
  const html = disagreementSection([disagreement('a', 0.1), disagreement('b', 0.49), disagreement('c')])
  expect(html).toContain('Is &lt;b&gt;this&lt;/b&gt; safe?')
  expect(html).toContain('Yes &amp; certainly.')
  expect(html).toContain('B is &quot;better&quot; &lt;/blockquote&gt;')
  const order = ['b', 'a', 'c'].map((id) => html.indexOf(`<strong>${id}</strong>`))
  expect(order).toEqual(order.toSorted((x, y) => x - y))
  expect(html).toContain('the judge is &lt;0.49&gt; sure')
})

it('says how many are left out', () => {
  const many = Array.from({ length: mostDisagreements + 7 }, (_, i) => disagreement(`${i}`, 0.1))
  expect(disagreementSection(many)).toContain('7 more are left out here')
})

it('is no section where there is nothing to show', () => {
  expect(disagreementSection([])).toBe('')
})

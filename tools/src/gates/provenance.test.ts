import { expect, test } from 'vitest'
import { provenanceOf } from './provenance.ts'

const doc = (last: string) => `Dr. Clip of PPO, per token. Ratios are bounded.\n\nMore of it.\n\n${last}`

test('reads what a function is, where it is from and what it was proven against', () => {
  const last =
    'Source: 1707.06347, equation 7; 1912.09729 (dual\nclip). Proven against verl 0.9.1 (`vanilla`),\nOpenRLHF 0.11.2 (`PolicyLoss`, `f`), the rest against its equation.'
  expect(provenanceOf(doc(last))).toEqual({
    summary: 'Dr. Clip of PPO, per token.',
    source: '1707.06347, equation 7; 1912.09729 (dual clip)',
    proof: 'verl 0.9.1 (`vanilla`), OpenRLHF 0.11.2 (`PolicyLoss`, `f`), the rest against its equation',
    references: [
      { name: 'verl', version: '0.9.1', functions: ['vanilla'] },
      { name: 'OpenRLHF', version: '0.11.2', functions: ['PolicyLoss', 'f'] },
    ],
    byEquation: [],
  })
})

test('an equation will do, and so will a commit of what has no releases', () => {
  const equation = provenanceOf(
    doc('Source: Davidson 1970. Proven against its equation, and finite differences.'),
  )
  expect(equation).toMatchObject({ references: [], proof: 'its equation, and finite differences' })
  const commit = provenanceOf(doc('Source: 2402.01306. Proven against HALOs 12ab34f (`KTOTrainer`).'))
  expect(commit).toMatchObject({ references: [{ name: 'HALOs', version: '12ab34f' }] })
})

test('a convention that no reference has is proven against its equation', () => {
  const last =
    'Source: 2312.00886. Proven against TRL 0.29.0 (`f`), `paper` against its equation, the exact gradient, and `my-own`\n' +
    'against its equation.'
  expect(provenanceOf(doc(last))).toMatchObject({ byEquation: ['paper', 'my-own'] })
})

test.each([
  ['no paragraph at all', 'And that is all.', /must end with the paragraph "Source: /],
  ['no proof', 'Source: 1707.06347, equation 7.', /must end with the paragraph/],
  ['no source', 'Proven against its equation.', /must end with the paragraph/],
  ['more after it', 'Source: 1707.06347. Proven against its equation.\n\nAnd more.', /must end with/],
  ['a source that is none', 'Source: none. Proven against its equation.', /its source is "none"/],
  [
    'a library without functions',
    'Source: A. Proven against TRL 1.16.0.',
    /names no `function` of TRL 1.16.0/,
  ],
  ['a library without version', 'Source: A. Proven against TRL.', /names no library with its version/],
  [
    'functions without version',
    'Source: A. Proven against TRL 1.16.0 (`f`), HALOs (`g`).',
    /commit, of HALOs/,
  ],
  ['and beside an equation', 'Source: A. Proven against its equation and HALOs (`g`).', /commit, of HALOs/],
])('%s is refused', (_, last, message) => {
  expect(provenanceOf(doc(last))).toMatch(message)
})

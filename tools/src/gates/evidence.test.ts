import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Evidence, missingEvidence, readEvidence, rowProblems } from './evidence.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prefkit-evidence-'))
  mkdirSync(join(root, 'packages/losses/src/goldens'), { recursive: true })
  mkdirSync(join(root, 'parity'))
})
afterEach(() => rmSync(root, { recursive: true }))

const ppo = '"functions": ["ppoLoss (verl)", "tokenMean"]'
const files: Record<string, string> = {
  'packages/losses/src/goldens/policy.json': `{"rows": [
    {"reference": "verl 0.9.1", ${ppo}},
    {"reference": "TRL 0.29.0", "functions": ["ppoLoss (trl)"]},
    {"reference": "TRL 1.16.0", "functions": ["slicLoss"]}]}`,
  'packages/losses/src/goldens/pairs.json':
    '{"deep": {"down": {"reference": "HALOs 4831988", "functions": ["hingeLoss"]}}}',
  'packages/losses/src/policy.test.ts': "import goldens from './goldens/policy.json'\nppoLoss(1)",
  'packages/losses/src/pairs.test.ts': "const g = readGoldens<{ a: number; b: 2 }>('pairs')\nhingeLoss(1)",
  'packages/losses/src/bare.test.ts': 'slicLoss(1)',
  'parity/policy.py': '# writes packages/losses/src/goldens/policy.json\ntake("vanilla", trl.bco_loss)',
  'parity/pairs.py': 'target = "packages/losses/src/goldens/pairs.json"\nF.kl_div()',
  'parity/elsewhere.py': '# writes packages/nn/src/goldens/policy.json\nsecret()',
}

function evidence(changes: Record<string, string> = {}): Evidence {
  for (const [file, text] of Object.entries({ ...files, ...changes })) writeFileSync(join(root, file), text)
  return readEvidence(join(root, 'packages/losses'), join(root, 'parity'))
}

function missing(name: string, library: string, version: string, called: string): string[] {
  const references = [{ name: library, version, functions: [called] }]
  return missingEvidence({ names: [name, 'alias'], references }, evidence())
}

test.each([
  ['a row with the reference and the function', 'ppoLoss', 'verl', '0.9.1', 'vanilla'],
  ['a row of a second version', 'ppoLoss', 'TRL', '0.29.0', 'bco_loss'],
  ['a row at any depth', 'hingeLoss', 'HALOs', '4831988', 'kl_div'],
])('%s is evidence', (_, ...claim) => {
  expect(missing(...claim)).toEqual([])
})

const noRow = (claim: string) => `no row of a golden of ${claim} has it among its functions: add one`
test.each([
  ['a version without rows', 'ppoLoss', 'verl', '0.9.2', 'vanilla', noRow('verl 0.9.2')],
  ['a library without rows', 'ppoLoss', 'rlax', '0.9.1', 'vanilla', noRow('rlax 0.9.1')],
  ['a part of a version', 'ppoLoss', 'verl', '0.9', 'vanilla', noRow('verl 0.9')],
  ['a row for another function', 'ppoLoss', 'TRL', '1.16.0', 'vanilla', noRow('TRL 1.16.0')],
  ['a function without tests', 'ppo', 'verl', '0.9.1', 'vanilla', 'no test names it'],
  ['rows that no test of it reads', 'slicLoss', 'TRL', '1.16.0', 'vanilla', 'no test that names it reads'],
  ['a name that is a part of one', 'ppoLoss', 'verl', '0.9.1', 'vanil', 'takes `vanil` of verl 0.9.1'],
  ['a script of another package', 'ppoLoss', 'verl', '0.9.1', 'secret', 'takes `secret` of verl 0.9.1'],
])('%s is none', (_, name, library, version, called, message) => {
  expect(missing(name, library, version, called)).toEqual([expect.stringContaining(message)])
})

const ppoClaims = (conventions: string[], byEquation: string[] = []) =>
  missingEvidence(
    {
      names: ['ppoLoss', 'ppo'],
      references: [{ name: 'verl', version: '0.9.1', functions: ['vanilla'] }],
      conventions,
      byEquation,
    },
    evidence(),
  )

test('each convention needs a row under it, or the word that its equation proves it', () => {
  expect(ppoClaims(['trl', 'verl'])).toEqual([])
  expect(ppoClaims(['trl', 'verl', 'paper'], ['paper'])).toEqual([])
  expect(ppoClaims(['trl', 'paper'])).toEqual([
    'no row of a golden has "ppoLoss (paper)" among its functions: add one by a trainer that computes so, or prove it in a ' +
      'test and say "`paper` against its equation" after "Proven against …"',
  ])
  expect(ppoClaims(['trl'], ['papers'])).toEqual([
    'its docstring says what proves `papers`, which is no convention of it',
  ])
})

test('an equation asks for a test alone', () => {
  const tests = [{ text: 'f(1)', goldens: [] }]
  const claimant = { names: ['f'], references: [], conventions: ['paper', 'authors'] }
  expect(missingEvidence(claimant, { goldens: [], tests, scripts: [] })).toEqual([])
})

test('rows are for functions that are exported, and say which', () => {
  const exported = new Set(['ppoLoss', 'tokenMean', 'slicLoss', 'hingeLoss'])
  expect(rowProblems(exported, evidence())).toEqual([])
  const silent = { 'packages/losses/src/goldens/pairs.json': '[{"reference": "HALOs 4831988"}]' }
  expect(rowProblems(new Set(['ppoLoss', 'slicLoss']), evidence(silent))).toEqual([
    'rows of goldens/pairs.json of HALOs 4831988 do not say what `functions` they are for',
    'rows of goldens/policy.json are for tokenMean, which is no exported function',
  ])
})

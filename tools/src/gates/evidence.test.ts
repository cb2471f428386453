import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { missingEvidence, readEvidence } from './evidence.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prefkit-evidence-'))
  mkdirSync(join(root, 'packages/losses/src/goldens'), { recursive: true })
  mkdirSync(join(root, 'parity'))
})
afterEach(() => rmSync(root, { recursive: true }))

const files: Record<string, string> = {
  'packages/losses/src/goldens/policy.json':
    '{"versions": {"verl": "0.9.1", "trl": "1.16.0, BCO 0.29.0"}, "rows": []}',
  'packages/losses/src/goldens/pairs.json':
    '{"torch": "2.15.0+cu132", "HALOs": "4831988636b4cbc1c30c0bce78df568cf0f8103b", "rows": []}',
  'packages/losses/src/policy.test.ts': "import goldens from './goldens/policy.json'\nppoLoss(1)",
  'packages/losses/src/pairs.test.ts': "const g = readGoldens<{ a: number; b: 2 }>('pairs')\nhingeLoss(1)",
  'packages/losses/src/bare.test.ts': 'slicLoss(1)',
  'parity/policy.py': '# writes packages/losses/src/goldens/policy.json\ntake("vanilla", trl.bco_loss)',
  'parity/pairs.py': 'target = "packages/losses/src/goldens/pairs.json"\nF.kl_div()',
  'parity/elsewhere.py': '# writes packages/nn/src/goldens/policy.json\nsecret()',
}

function missing(name: string, library: string, version: string, called: string): string[] {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text)
  const evidence = readEvidence(join(root, 'packages/losses'), join(root, 'parity'))
  return missingEvidence([name], [{ name: library, version, functions: [called] }], evidence)
}

test.each([
  ['a reference of a golden', 'ppoLoss', 'verl', '0.9.1', 'vanilla'],
  ['a second version of a library', 'ppoLoss', 'TRL', '0.29.0', 'bco_loss'],
  ['a commit, shortened', 'hingeLoss', 'HALOs', '4831988', 'kl_div'],
  ['PyTorch, under its own name, in a head without versions', 'hingeLoss', 'PyTorch', '2.15.0', 'kl_div'],
])('%s is evidence', (_, ...claim) => {
  expect(missing(...claim)).toEqual([])
})

test.each([
  ['a version without goldens', 'ppoLoss', 'verl', '0.9.2', 'vanilla', 'no golden is of verl 0.9.2'],
  ['a library without goldens', 'ppoLoss', 'rlax', '0.9.1', 'vanilla', 'no golden is of rlax 0.9.1'],
  ['another commit', 'hingeLoss', 'HALOs', '4831989', 'kl_div', 'no golden is of HALOs 4831989'],
  ['a part of a version', 'ppoLoss', 'verl', '0.9', 'vanilla', 'no golden is of verl 0.9'],
  ['a function without tests', 'ppo', 'verl', '0.9.1', 'vanilla', 'no test names it'],
  ['a test without goldens', 'slicLoss', 'verl', '0.9.1', 'vanilla', 'no test that names it reads a golden'],
  [
    'goldens of something else',
    'hingeLoss',
    'verl',
    '0.9.1',
    'vanilla',
    'no test that names it reads a golden',
  ],
  ['a name that is a part of one', 'ppoLoss', 'verl', '0.9.1', 'vanil', 'takes `vanil` of verl 0.9.1'],
  ['a script of another package', 'ppoLoss', 'verl', '0.9.1', 'secret', 'takes `secret` of verl 0.9.1'],
])('%s is none', (_, name, library, version, called, message) => {
  expect(missing(name, library, version, called)).toEqual([expect.stringContaining(message)])
})

test('an equation asks for a test alone', () => {
  expect(
    missingEvidence(['f'], [], { goldens: [], tests: [{ text: 'f(1)', goldens: [] }], scripts: [] }),
  ).toEqual([])
})

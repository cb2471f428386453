import { expect, test } from 'vitest'
import { deduplicateComparisons } from './deduplicate-comparisons'
import { convertComparisons } from './files/convert-comparisons'
import { loadComparisons, readComparisons } from './files/read-comparisons'
import { readJsonLines } from './files/read-json-lines'
import { writeComparisons } from './files/write-comparisons'
import { leaveOneGroupOut } from './leave-one-group-out'
import { parseRows } from './parse-rows'
import { splitByPrompt, splitOf } from './split-by-prompt'

/** What a user of plain JavaScript might pass. */
const bad = { skipbad: true } as object
const fractions = { train: 1 }
const comparison = { id: '1', prompt: 'p', chosen: 'a', rejected: 'b' }

test.each<[string, () => unknown]>([
  ['parseRows', () => parseRows([comparison], bad)],
  ['readComparisons', () => readComparisons('f', bad)],
  ['loadComparisons', () => loadComparisons('f', bad)],
  ['readJsonLines', () => readJsonLines('f', bad).next()],
  ['writeComparisons', () => writeComparisons('f', [], { dialect: 'trl', ...bad })],
  ['convertComparisons', () => convertComparisons('f', 'g', { to: 'trl', ...bad })],
  ['splitOf', () => splitOf(comparison, { fractions, ...bad })],
  ['splitByPrompt', () => splitByPrompt([], { fractions, ...bad })],
  ['deduplicateComparisons', () => deduplicateComparisons([], bad)],
  ['leaveOneGroupOut', () => leaveOneGroupOut([], () => '', bad).next()],
])('%s refuses an option that there is not, by name', async (_, call) => {
  await expect((async () => call())()).rejects.toThrowError(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/^skipbad: no such option; expected one of \w+/),
    }),
  )
})

test('options that are undefined count as not given', async () => {
  const { comparisons } = await parseRows([comparison], { dialect: undefined, labels: undefined })
  expect(comparisons).toEqual([comparison])
})

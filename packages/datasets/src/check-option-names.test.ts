import { describe, expect, test } from 'vitest'
import { deduplicateComparisons } from './deduplicate-comparisons'
import { convertComparisons } from './files/convert-comparisons'
import { loadComparisons, readComparisons } from './files/read-comparisons'
import { readJsonLines } from './files/read-json-lines'
import { writeComparisons } from './files/write-comparisons'
import { leaveOneGroupOut } from './leave-one-group-out'
import { parseRows } from './parse-rows'
import { splitByPrompt, splitOf } from './split-by-prompt'

const fractions = { train: 1 }
const comparison = { id: '1', prompt: 'p', chosen: 'a', rejected: 'b' }

/** Every function with options, called with those that it needs and more, or with what is no options. */
const calls: [string, (more: object, all?: never) => unknown][] = [
  ['parseRows', (more, all = more as never) => parseRows([comparison], all)],
  ['readComparisons', (more, all = more as never) => readComparisons('f', all)],
  ['loadComparisons', (more, all = more as never) => loadComparisons('f', all)],
  ['readJsonLines', (more, all = more as never) => readJsonLines('f', all).next()],
  ['writeComparisons', (more, all = { dialect: 'trl', ...more } as never) => writeComparisons('f', [], all)],
  ['convertComparisons', (more, all = { to: 'trl', ...more } as never) => convertComparisons('f', 'g', all)],
  ['splitOf', (more, all = { fractions, ...more } as never) => splitOf(comparison, all)],
  ['splitByPrompt', (more, all = { fractions, ...more } as never) => splitByPrompt([], all)],
  ['deduplicateComparisons', (more, all = more as never) => deduplicateComparisons([], all)],
  ['leaveOneGroupOut', (more, all = more as never) => leaveOneGroupOut([], () => '', all).next()],
]

describe.each(calls)('%s', (_, call) => {
  test('refuses an option that there is not, by name', async () => {
    await expect((async () => call({ skipbad: true }))()).rejects.toThrowError(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringMatching(/^skipbad: no such option; expected one of \w+/),
      }),
    )
  })

  test.each([
    [null, 'null'],
    [5, 'number 5'],
    ['trl', 'the text "trl"'],
    [['trl'], 'a list of 1'],
    [true, 'boolean true'],
  ])('refuses %j in place of options', async (all, what) => {
    await expect((async () => call({}, all as never))()).rejects.toThrowError(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: `options: expected an object, is ${what}`,
      }),
    )
  })
})

test('options that are undefined count as not given', async () => {
  const { comparisons } = await parseRows([comparison], { dialect: undefined, labels: undefined })
  expect(comparisons).toEqual([comparison])
})

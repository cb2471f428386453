import { expect, test } from 'vitest'
import { type ChangesetState, changesetFindings, changesetPackages, isSourceChange } from './changesets.ts'

const state = (changes: Partial<ChangesetState>): ChangesetState => ({
  packages: [
    { name: '@prefkit/nn', folder: 'nn', version: '0.1.0' },
    { name: 'prefkit', folder: 'prefkit', version: '0.1.0' },
  ],
  changesets: [],
  changedFiles: [],
  isReleased: () => true,
  ...changes,
})
const blamed = (changes: Partial<ChangesetState>) =>
  changesetFindings(state(changes)).map((finding) => finding.package)

test('reads the packages of a changeset', () => {
  const text = '---\n"@prefkit/nn": minor\nprefkit: patch\n---\n\nAdds Lion: major work.\n'
  expect(changesetPackages(text)).toEqual(['@prefkit/nn', 'prefkit'])
})

test('tests and goldens are no source change, and a longer folder name is another package', () => {
  expect(isSourceChange('packages/nn/src/lion.ts', 'nn')).toBe(true)
  expect(isSourceChange('packages/nn/src/lion.test.ts', 'nn')).toBe(false)
  expect(isSourceChange('packages/nn/src/goldens/adam.json', 'nn')).toBe(false)
  expect(isSourceChange('packages/nn-extra/src/a.ts', 'nn')).toBe(false)
})

test('a changed source without a changeset is refused', () => {
  expect(blamed({ changedFiles: ['packages/nn/src/lion.ts', 'README.md'] })).toEqual(['@prefkit/nn'])
})

test('a changeset added with the change satisfies it; one from before does not', () => {
  const changesets = [{ file: '.changeset/new-lion.md', packages: ['@prefkit/nn'] }]
  const source = 'packages/nn/src/lion.ts'
  expect(blamed({ changesets, changedFiles: [source, '.changeset/new-lion.md'] })).toEqual([])
  expect(blamed({ changesets, changedFiles: [source] })).toEqual(['@prefkit/nn'])
})

test('a changeset for another package does not help', () => {
  const changesets = [{ file: '.changeset/a.md', packages: ['prefkit'] }]
  expect(blamed({ changesets, changedFiles: ['packages/nn/src/lion.ts', '.changeset/a.md'] })).toEqual([
    '@prefkit/nn',
  ])
})

test('with nothing to compare, an unreleased version needs some changeset', () => {
  const changesets = [{ file: '.changeset/first.md', packages: ['@prefkit/nn'] }]
  expect(blamed({ changesets, changedFiles: undefined, isReleased: () => false })).toEqual(['prefkit'])
  expect(blamed({ changedFiles: undefined })).toEqual([])
})

test('a changeset that names no package of the workspace is refused', () => {
  expect(
    changesetFindings(state({ changesets: [{ file: '.changeset/a.md', packages: ['leftpad'] }] })),
  ).toEqual([{ package: '', message: expect.stringContaining('leftpad') }])
})

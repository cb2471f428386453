import { expect, test } from 'vitest'
import { tellingTails } from './telling-tails'

test('paths are told apart by as little of their ends as does', () => {
  expect(
    tellingTails(['/models/story.bin', '/runs/r1/stages/sft/model', '/runs/r1/stages/policy/model']),
  ).toEqual(['story.bin', 'sft/model', 'policy/model'])
  expect(tellingTails(['/a/model', '/b/a/model'])).toEqual(['/a/model', 'b/a/model'])
  expect(tellingTails([])).toEqual([])
})

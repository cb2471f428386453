import { expect, test } from 'vitest'
import { parseSize } from './parse-size.ts'

test('reads bytes, kilobytes and megabytes', () => {
  expect([parseSize('512 B'), parseSize('12.5 kB'), parseSize('1 MB')]).toEqual([512, 12_500, 1_000_000])
})

test('refuses anything else', () => {
  for (const limit of ['12', '12kB', '1 GB', '-1 kB']) expect(() => parseSize(limit)).toThrow(limit)
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countTests, readTestCount } from './vitest-report.ts'

const report = (passed: number, failed = 0, broken = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: Array.from({ length: broken }, () => ({ status: 'failed', assertionResults: [] })),
})

test('counts tests, and files that broke before their first test', () => {
  expect(countTests(report(5, 2, 1))).toEqual({ passed: 5, failed: 3, skipped: 2 })
})

test('no report, and a report without a test, are failures', () => {
  const directory = mkdtempSync(join(tmpdir(), 'prefkit-report-'))
  const file = join(directory, 'vitest.json')
  expect(readTestCount(file).failed).toBe(1)
  writeFileSync(file, JSON.stringify(report(0)))
  expect(readTestCount(file).failed).toBe(1)
  writeFileSync(file, JSON.stringify(report(3)))
  expect(readTestCount(file)).toEqual({ passed: 3, failed: 0, skipped: 2 })
  rmSync(directory, { recursive: true })
})

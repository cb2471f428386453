import { existsSync, readFileSync } from 'node:fs'

/** How the tests of one package went. */
export interface TestCount {
  passed: number
  failed: number
  skipped: number
}

/** The part of vitest's JSON report that is counted. */
export interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

/** Counts a report's tests; a test file that broke before its first test counts as one failure. */
export function countTests(report: VitestReport): TestCount {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** Counts the tests in a report file; no file, or no test that ran, is a failure. */
export function readTestCount(file: string): TestCount {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const count = countTests(JSON.parse(readFileSync(file, 'utf8')))
  return count.passed + count.failed === 0 ? { ...count, failed: 1 } : count
}

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syntheticRun, writeRunData } from '../report/loop/testing/synthetic-run'
import { runPrefkit } from './testing/run-prefkit'

let directory: string
const paths: string[] = []
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'prefkit-report-command-'))
  for (const n of [5, 30]) {
    const run = syntheticRun({ path: join(directory, `n${n}`), name: `n${n}`, settings: { anchors: { n } } })
    await writeRunData(run)
    paths.push(run.path)
  }
  await mkdir(join(directory, 'nothing'))
})
afterAll(() => rm(directory, { recursive: true }))

test('the report of a run is made again, in its directory', async () => {
  const { status, stdout } = runPrefkit(directory, ['report', paths[0]!])
  expect(status).toBe(0)
  const report = join(paths[0]!, 'report.html')
  expect(stdout).toBe(`report: ${report}\n`)
  expect(await readFile(report, 'utf8')).toContain('<h1>Run n5</h1>')
})

test('several runs are compared, and what is none is left out and named', async () => {
  const nothing = join(directory, 'nothing')
  const { status, stdout, stderr } = runPrefkit(directory, ['report', ...paths, nothing, '--json'])
  expect(status).toBe(0)
  const report = join(directory, 'comparison.html')
  expect(JSON.parse(stdout)).toEqual({ report, runs: paths, leftOut: 1 })
  expect(stderr).toContain(`left out: ${nothing} is no run: it has no config.json`)
  expect(await readFile(report, 'utf8')).toContain('Anchors: the best of n')
})

test('a directory that is given twice is one run, and no comparison', async () => {
  const again = `${directory}/nothing/../n5`
  const { status, stdout, stderr } = runPrefkit(directory, ['report', paths[0]!, again, '--json'])
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ runs: [paths[0]!], leftOut: 1 })
  expect(stderr).toContain('n5 is given twice')
})

test('what cannot be reported or served is refused', () => {
  const nothing = runPrefkit(directory, ['report', join(directory, 'nothing')])
  expect(nothing.status).toBe(1)
  expect(nothing.stderr).toContain('nothing is no run: it has no config.json')
  const several = runPrefkit(directory, ['report', ...paths, '--ui'])
  expect(several.stderr).toContain('--ui: expected one run, got 2; compare them without')
  const port = runPrefkit(directory, ['report', paths[0]!, '--ui', '70000'])
  expect(port.stderr).toContain('expected a port from 1 to 65535')
})

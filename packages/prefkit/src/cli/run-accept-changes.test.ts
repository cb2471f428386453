import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { storiesPath } from '../lm/testing/stories'
import { runPrefkit } from './testing/run-prefkit'

let folder = ''
const at = (...names: string[]) => join(folder, ...names)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-accept-'))
  const settings = `
model: {path: ${storiesPath}}
prompts: {files: prompts.jsonl, heldOut: 0}
sampling: {maxNewTokens: 4}
checkpointSeconds: 0
policy:
  {algorithm: grpo, steps: 3, promptsPerStep: 2, samplesPerPrompt: 2, learningRate: 1e-3,
   rewards: [{type: function, module: ./mine.mjs}]}
`
  await writeFile(at('config.yaml'), settings)
  await writeFile(at('prompts.jsonl'), '{"prompt":"Tom had a"}\n{"prompt":"Lily had a"}\n')
  return () => rm(folder, { recursive: true })
})

const moduleOf = (last: string): Promise<void> =>
  writeFile(
    at('mine.mjs'),
    `let count = 0\nexport default ({ text }) => (++count > 4 ? ${last} : text.length)\n`,
  )

it('goes on with a reward that was mended, and the report says so, and how the run is made again', async () => {
  await moduleOf('text.score.value')
  const failed = runPrefkit(folder, ['run', 'config.yaml', '--out', 'a run', '--quiet'])
  expect(failed.status).toBe(1)
  // As it has to stand in a shell.
  expect(failed.stderr.match(/go on with: (prefkit run --resume .*)\n$/)?.[1]).toBe(
    "prefkit run --resume 'a run'",
  )

  await moduleOf('text.length')
  const refused = runPrefkit(folder, ['run', '--resume', 'a run'])
  expect(refused.status).toBe(1)
  expect(refused.stderr).toMatch(/: prefkit run --resume 'a run' --accept-changes\n$/)

  const resumed = runPrefkit(folder, ['run', '--resume', 'a run', '--accept-changes', '--quiet'])
  expect(resumed).toMatchObject({ status: 0, stderr: expect.stringMatching(/mine\.mjs is not the file/) })
  const report = await readFile(at('a run/report.html'), 'utf8')
  expect(report).toContain('mine.mjs is not the file that the run began with')
  expect(report).toContain('prefkit run config.json')
  expect(report).not.toContain('--resume')
})

it('is for runs that are gone on with', () => {
  expect(runPrefkit(folder, ['run', 'config.yaml', '--out', 'other', '--accept-changes'])).toMatchObject({
    status: 1,
    stderr: 'error: --accept-changes: expected --resume <directory> beside it, got none\n',
  })
})

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

it('goes on with a reward that was mended, and the report says so', async () => {
  await moduleOf('text.score.value')
  const failed = runPrefkit(folder, ['run', 'config.yaml', '--out', 'run', '--quiet'])
  expect(failed.status).toBe(1)
  const way = failed.stderr.match(/go on with: prefkit (run --resume .*)\n$/)
  expect(way?.[1]).toBe('run --resume run')

  await moduleOf('text.length')
  const refused = runPrefkit(folder, way![1]!.split(' '))
  expect(refused.status).toBe(1)
  const accepting = refused.stderr.match(/: prefkit (run --resume .* --accept-changes)\n$/)
  expect(accepting).not.toBeNull()

  const resumed = runPrefkit(folder, [...accepting![1]!.split(' '), '--quiet'])
  expect(resumed).toMatchObject({ status: 0, stderr: expect.stringMatching(/mine\.mjs is not the file/) })
  expect(await readFile(at('run/report.html'), 'utf8')).toContain(
    'mine.mjs is not the file that the run began with',
  )
})

it('is for runs that are gone on with', () => {
  expect(runPrefkit(folder, ['run', 'config.yaml', '--out', 'other', '--accept-changes'])).toMatchObject({
    status: 1,
    stderr: 'error: --accept-changes: expected --resume <directory> beside it, got none\n',
  })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadLanguageModel } from '@prefkit/lm/files'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storiesPath } from '../../../lm/testing/stories'
import { lexiconReward } from '../../rewards/lexicon-reward'
import { rolloutOf } from '../../testing/rollout-of'
import { readComparisonFiles } from '../data/comparison-file'
import { makeStage, storyConfig } from '../testing/make-stage'

let folder = ''
const at = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-comparisons-'))
})
afterAll(() => rm(folder, { recursive: true }))

const write = async (name: string, rows: readonly object[]): Promise<string> => {
  await writeFile(at(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return at(name)
}

/** Makes the stage as a run does. */
async function made(settings: object) {
  const { path, ...rest } = await makeStage(storyConfig(settings), 'comparisons', folder)
  return { ...rest, ...(await readComparisonFiles(path)) }
}

const golden = { type: 'lexicon' as const, plus: ['the', 'a', 'and', 'was'], minus: ['to', 'she'] }

it('learns from no comparison whose prompt is among the files to evaluate on', async () => {
  const names = ['Tom', 'Lily', 'Ben', 'Sue', 'Max', 'Mia']
  const tests = [{ prompt: 'Ben had a dog.' }, { prompt: 'Sue had a dog.' }]
  const prompts = {
    files: await write(
      'prompts.jsonl',
      names.map((name) => ({ prompt: `${name} had a dog.` })),
    ),
    heldOutFiles: await write('tests.jsonl', tests),
  }
  const comparisons = { source: 'simulated', pairs: 32, golden, heldOut: 0, annotator: { beta: 5 } }
  const { train, heldOut } = await made({ prompts, comparisons, sampling: { maxNewTokens: 6 } })
  const textsOf = (pairs: typeof train) => [...new Set(pairs.map(({ prompt }) => prompt.text))].toSorted()
  expect(textsOf(train)).toEqual(['Lily', 'Max', 'Mia', 'Tom'].map((name) => `${name} had a dog.`))
  expect(textsOf(heldOut)).toEqual(tests.map(({ prompt }) => prompt))
})

it('counts pairs without any difference of golden reward, and warns where most have none', async () => {
  const prompts = { files: await write('prompts.jsonl', [{ prompt: 'Tom had a dog.' }]), heldOut: 0 }
  const never = { type: 'lexicon' as const, plus: ['zebra'] }
  const told = async (reward: object) => {
    const comparisons = { source: 'simulated', pairs: 16, golden: reward, heldOut: 0 }
    return made({ prompts, comparisons, sampling: { maxNewTokens: 12 } })
  }
  const { summary, train, warnings } = await told(never)
  expect(summary).toEqual({ pairs: train.length, heldOut: 0, withoutDifference: train.length })
  expect(warnings).toEqual([
    expect.stringMatching(/^comparisons\.golden: \d+ of \d+ pairs have no difference/),
  ])
  const telling = await told({ ...golden, plus: ['the', 'a', 'and', 'was', 'he', 'it', 'to'], minus: [] })
  expect(telling.summary.withoutDifference).toBeLessThan(telling.train.length)
})

it('turns around labels that are learnt from, and none that is held out', async () => {
  const prompts = {
    files: await write(
      'prompts.jsonl',
      ['Tom', 'Lily'].map((name) => ({ prompt: `${name} had a dog.` })),
    ),
    heldOutFiles: await write('tests.jsonl', [{ prompt: 'Ben had a dog.' }, { prompt: 'Sue ran.' }]),
  }
  const labelled = async (flip: number) => {
    const drawn = { source: 'simulated', pairs: 32, golden, heldOut: 0, flip }
    const comparisons = { ...drawn, annotator: { annotator: 'perfect' } }
    const { train, heldOut } = await made({ prompts, comparisons, sampling: { maxNewTokens: 12 } })
    const sides = (pairs: typeof train) => pairs.map(({ chosen, rejected }) => [chosen.text, rejected.text])
    return { train: sides(train), heldOut: sides(heldOut) }
  }
  const [clean, noisy] = [await labelled(0), await labelled(0.999)]
  expect(noisy.heldOut).toEqual(clean.heldOut)
  expect(noisy.heldOut.length).toBeGreaterThan(4)
  // Nobody knows which is better of two that are equal, nor is anything wrong about them.
  const { score } = lexiconReward(golden)
  const both = clean.train.map((texts) => texts.map((text) => rolloutOf(text)))
  const scores = await Promise.all(both.map(async (pair) => (await score(pair)).scores))
  const unequal = scores.flatMap(([one, other], i) => (one === other ? [] : [i]))
  expect(unequal.length).toBeGreaterThan(4)
  const turned = ([chosen, rejected]: readonly string[]) => [rejected, chosen]
  expect(unequal.map((i) => noisy.train[i])).toEqual(unequal.map((i) => turned(clean.train[i]!)))
})

it('ends what people wrote where the model ends, and both responses begin behind the same tokens', async () => {
  const template = '{% for m in messages %}{{ m.role }}: {{ m.content }}</s>\n{% endfor %}assistant: '
  await writeFile(at('template.jinja'), template)
  const rows = [
    { prompt: 'She was very hap', chosen: 'less', rejected: 'py today' },
    { prompt: 'Tom had a', chosen: ' dog.', rejected: ' cat.' },
  ]
  const files = await write('human.jsonl', rows)
  const comparisons = { source: 'human', files, heldOut: 0 }
  const { eos } = (await loadLanguageModel(storiesPath)).tokenizer!.specialTokens
  const { train: chats } = await made({
    comparisons,
    model: { chat: true, chatTemplate: at('template.jinja') },
  })
  for (const { chosen, rejected } of chats)
    for (const { tokens } of [chosen, rejected]) {
      expect(tokens.indexOf(eos!.id)).toBe(tokens.length - 1)
      expect(tokens.length).toBeGreaterThan(1)
    }
  const { tokenizer } = await loadLanguageModel(storiesPath)
  const { train: texts } = await made({ comparisons })
  const wholes = texts.flatMap(({ prompt, chosen, rejected }) =>
    [chosen, rejected].map(({ tokens }) =>
      tokenizer!.decode([...prompt.tokens, ...tokens].filter((id) => id > 2)),
    ),
  )
  expect(wholes).toEqual(
    rows.flatMap((row) => [`${row.prompt}${row.chosen}`, `${row.prompt}${row.rejected}`]),
  )
})

it('leaves out, counts and tells what is longer than the context or than it is told', async () => {
  const short = { prompt: 'Tom had a dog.', chosen: ' It was big.', rejected: ' It ran.' }
  const long = { ...short, prompt: 'Sue had a cat.', rejected: ' and it ran'.repeat(200) }
  const files = await write('human.jsonl', [short, long])
  const { summary, warnings } = await made({ comparisons: { source: 'human', files, heldOut: 0 } })
  expect(summary).toEqual({ pairs: 1, heldOut: 0, tooLong: 1, equal: 0 })
  expect(warnings).toEqual([expect.stringMatching(/1 of 2 have more than 512 tokens/)])
  const told = made({ comparisons: { source: 'human', files, heldOut: 0, maxTokens: 8 } })
  await expect(told).rejects.toThrow(
    'got none: of 2, 0 are held out (by comparisons.heldOut, or as their prompts are), 2 are too long, and 0 have two equal responses',
  )
})

it('leaves out, counts and tells pairs of equal responses', async () => {
  const unequal = { prompt: 'Tom had a dog.', chosen: ' It was big.', rejected: '' }
  const equal = ['', ' It ran.'].map((said) => ({ ...unequal, chosen: said, rejected: said }))
  const files = await write('equal.jsonl', [unequal, ...equal])
  const { summary, warnings } = await made({ comparisons: { source: 'human', files, heldOut: 0 } })
  expect(summary).toEqual({ pairs: 1, heldOut: 0, tooLong: 0, equal: 2 })
  expect(warnings).toEqual([
    'comparisons: 2 of 3 have two equal responses, of which neither is better, and are left out',
  ])
})

it('refuses when nothing is left to learn from, and says how many are held out', async () => {
  const rows = [{ prompt: 'Tom ran.', chosen: ' He was glad.', rejected: ' He was sad.' }]
  const prompts = {
    files: await write('all.jsonl', [{ prompt: 'Lily ran.' }, { prompt: 'Ben ran.' }]),
    heldOutFiles: await write('held.jsonl', rows),
  }
  const comparisons = { source: 'human', files: await write('pairs.jsonl', rows), heldOut: 0 }
  await expect(made({ prompts, comparisons })).rejects.toThrow(
    expect.objectContaining({
      code: 'NO_COMPARISONS',
      message: expect.stringContaining('got none: of 1, 1 are held out'),
    }),
  )
})

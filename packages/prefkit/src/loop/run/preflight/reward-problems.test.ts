import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { storiesPath } from '../../../lm/testing/stories'
import { readRunConfig } from '../config/read-run-config'

let folder = ''
const at = (name: string): string => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prefkit-rewards-'))
  await writeFile(at('rows.jsonl'), '{"prompt": "1 + 1", "answer": "2"}\n{"prompt": "2 + 2"}\n')
  await writeFile(at('tests.jsonl'), '{"prompt": "3 + 3", "answer": ["6"]}\n')
  await writeFile(at('own.mjs'), 'export const polite = () => 1\nexport const version = 3\n')
  await writeFile(at('broken.mjs'), 'export default (\n')
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

/** What is said of a file of settings: rewards, a line each from line 5, and what comes after them. */
async function told(
  rewards: readonly string[],
  rest = '',
  prompts = '{files: rows.jsonl}',
): Promise<string[]> {
  const lines = [
    `model: {path: ${storiesPath}}`,
    `prompts: ${prompts.replace(/(\w+\.jsonl)/g, (name) => at(name))}`,
    'policy:',
    '  algorithm: grpo',
    `  rewards:\n${rewards.map((each) => `    - ${each.replace(/(\w+\.mjs)/, (name) => at(name))}`).join('\n')}`,
    rest,
  ]
  await writeFile(at('run.yaml'), lines.join('\n'))
  const problems = await readRunConfig(at('run.yaml')).then(
    () => '',
    ({ message }: Error) => message,
  )
  return problems === '' ? [] : problems.replaceAll(`${folder}/`, '').split('\n')
}

const lexicon = '{type: lexicon, plus: [happy]}'
const judge = (rest: string): string => `{type: judge, asking: scores, judge: "openai:a", ${rest}}`
const url = 'baseUrl: "http://127.0.0.1:8080/v1"'

describe('a module', () => {
  it('is loaded, and what is taken of it has to be there', async () => {
    expect(await told(['{type: function, module: own.mjs, export: polite}'])).toEqual([])
    expect(await told([lexicon, '{type: function, module: own.mjs, export: rude}'])).toEqual([
      expect.stringMatching(
        /^run\.yaml:7: policy\.rewards\[1\]\.export: .*own\.mjs#rude: expected an export that is a function .*, got rude, which is not there; those of it are polite$/,
      ),
    ])
    expect(await told(['{type: function, module: own.mjs, export: version}'])).toEqual([
      expect.stringMatching(/policy\.rewards\[0\]\.export: .*got version, which is a number/),
    ])
    expect(await told(['{type: function, module: own.mjs}'])).toEqual([
      expect.stringMatching(/policy\.rewards\[0\]\.export: .*got default, which is not there/),
    ])
    expect(await told(['{type: function, module: broken.mjs}'])).toEqual([
      expect.stringMatching(/policy\.rewards\[0\]\.module: .*broken\.mjs could not be loaded: /),
    ])
    const inner =
      '{type: length, shape: cosine, options: {maxLength: 8, correct: {type: function, module: own.mjs, export: no}}}'
    expect(await told([inner])).toEqual([
      expect.stringMatching(/policy\.rewards\[0\]\.options\.correct\.export: .*got no, which is not there/),
    ])
  })
})

describe('columns of prompts', () => {
  it('are named with the first row that lacks them', async () => {
    expect(await told(['{type: exactAnswer}'])).toEqual([
      'run.yaml:6: policy.rewards[0].field: expected the right answer, text or a number, in the column answer of each prompt: rows.jsonl:2 has none, which has prompt',
    ])
    expect(await told(['{type: exactAnswer}'], '', '{files: rows.jsonl, limit: 1}')).toEqual([])
    expect(
      await told(['{type: exactAnswer}'], '', '{files: rows.jsonl, limit: 1, heldOutFiles: tests.jsonl}'),
    ).toEqual([expect.stringMatching(/tests\.jsonl:1 has none, got \["6"\]$/)])
    expect(await told(['{type: ifeval}'])).toEqual([
      expect.stringMatching(
        /policy\.rewards\[0\]: expected a list, in the column instruction_id_list .*rows\.jsonl:1/,
      ),
      expect.stringMatching(/in the column kwargs of each prompt: .*rows\.jsonl:1/),
    ])
    const golden = 'evaluation: {golden: {type: exactAnswer, field: result}}'
    expect(await told([lexicon], golden)).toEqual([
      expect.stringMatching(/^run\.yaml:7: evaluation\.golden\.field: .*rows\.jsonl:1 has none/),
    ])
  })
})

describe('a server', () => {
  it('needs its key in the environment', async () => {
    vi.stubEnv('OPENAI_API_KEY', '')
    vi.stubEnv('OWN_KEY', '')
    expect(await told([judge('')])).toEqual([
      'run.yaml:6: policy.rewards[0].apiKeyEnv: the variable OPENAI_API_KEY of the environment is not set: set it to the key of OpenAI, or give the baseUrl of another server',
    ])
    expect(await told([judge(`${url}, apiKeyEnv: OWN_KEY`)])).toEqual([
      expect.stringMatching(/the variable OWN_KEY of the environment is not set: .* leave apiKeyEnv out$/),
    ])
    // A server of one's own needs none.
    expect(await told([judge(url)])).toEqual([])
    const rollouts = `  rollouts: {model: a, ${url}, apiKeyEnv: OWN_KEY}`
    expect(await told([lexicon], rollouts)).toEqual([
      expect.stringMatching(/^run\.yaml:7: policy\.rollouts\.apiKeyEnv: the variable OWN_KEY/),
    ])
    vi.stubEnv('OPENAI_API_KEY', 'a')
    vi.stubEnv('OWN_KEY', 'b')
    expect(
      await told([judge(''), '{type: rubric, judge: "openai:a", apiKeyEnv: OWN_KEY}'], rollouts),
    ).toEqual([])
  })

  it.each(['127.0.0.1:8080/v1', 'htp://host/v1', 'localhost', 'file:///v1'])(
    'has an address, and not %s',
    async (address) => {
      const expected = `expected an address such as http://127.0.0.1:8080/v1, got "${address}"`
      expect(await told([judge(`baseUrl: "${address}"`)])).toEqual([
        `run.yaml:6: policy.rewards[0].baseUrl: ${expected}`,
      ])
      expect(await told([lexicon], `  rollouts: {model: a, baseUrl: "${address}"}`)).toEqual([
        `run.yaml:7: policy.rollouts.baseUrl: ${expected}`,
      ])
      const drawn = `comparisons: {source: judged, judge: "openai:a", baseUrl: "${address}"}`
      expect(await told([lexicon], drawn)).toEqual([`run.yaml:7: comparisons.baseUrl: ${expected}`])
    },
  )

  it('has no secret in its address, which is not shown', async () => {
    const [problem, ...others] = await told([judge('baseUrl: "http://me:hidden@host/v1"')])
    expect(others).toEqual([])
    expect(problem).toMatch(
      /^run\.yaml:6: policy\.rewards\[0\]\.baseUrl: has a user, a password or a key in it/,
    )
    expect(problem).not.toContain('hidden')
  })

  it('is of judges on one', async () => {
    const reward = `{type: judge, asking: scores, judge: "local:${storiesPath}", ${url}}`
    expect(await told([reward])).toEqual([
      expect.stringMatching(/baseUrl: is of judges on a server, openai:<model>/),
    ])
  })
})

it.each([
  ['correction: {ratioHigh: -1}', /policy\.correction: .*ratioHigh.*-1/],
  ['correction: {ratioLow: 4}', /policy\.correction: .*ratio/],
  ['correction: {correction: tokens}', /policy\.correction: .*tokens/],
  ['correction: {levels: 3}', /policy\.correction: .*levels/],
])('tells what importance weights refuse: %s', async (setting, message) => {
  expect(await told([lexicon], `  ${setting}`)).toEqual([expect.stringMatching(message)])
  expect(await told([lexicon], '  correction: {correction: sequence-mask, ratioHigh: 4}')).toEqual([])
})

describe('settings that are wrong', () => {
  it.each([
    ['{type: regex, pattern: ""}', /\[0\]\.pattern: expected text that is not empty/],
    [
      '{type: regex, pattern: "["}',
      /\[0\]\.pattern: expected a regular expression, got "\[" with flags su: /,
    ],
    ['{type: regex, pattern: a, flags: q}', /\[0\]\.pattern: .*flags q/],
    ['{type: lexicon, plus: [a], weight: .nan}', /\[0\]\.weight: expected a number, got NaN$/],
    ['{type: lexicon, plus: [a], weight: .inf}', /\[0\]\.weight: expected a number, got Infinity$/],
    ['{type: lexicon}', /\[0\].*: expected words in one of them, got none/],
    ['{type: format, tags: []}', /\[0\]\.tags: /],
    ['{type: format, tags: [a b]}', /\[0\]\.tags: expected letters/],
    ['{type: lexicn, plus: [a]}', /\[0\]\.type: .*"lexicn".*lexicon/],
    ['{plus: [a]}', /\[0\]\.type: .*got nothing/],
    [
      '{type: length, shape: cosine, options: {maxLength: 4, correct: {type: regex, patern: a}}}',
      /\[0\]: options\.correct: pattern: expected text, got nothing; options\.correct: patern: no such setting; did you mean pattern\?$/,
    ],
    [
      '{type: happiness}',
      /\[0\]\.type: expected a reward whose type is one of winProbability, .*, length, got "happiness"$/,
    ],
    ['{type: lexicon, plus: happy}', /\[0\]\.plus: expected a list, got "happy"$/],
    ['lexicon', /\[0\]: expected .*got "lexicon"/],
    ['{type: length, shape: overlong}', /\[0\]/],
    ['{type: length, shape: overlong, options: {maxLength: 10, band: 20}}', /\[0\].*band/],
    [
      '{type: length, shape: perToken, options: {penalty: much}}',
      /\[0\].*penalty: expected a number, got much/,
    ],
    ['{type: length, shape: perToken, options: {penalti: 1}}', /\[0\].*penalti/],
    ['{type: length, shape: repetition, options: {ngramSize: 0}}', /\[0\].*ngramSize/],
    ['{type: length, shape: missingEos, options: {penalty: -1}}', /\[0\].*penalty/],
    ['{type: length, shape: cosine}', /\[0\].*options\.correct/],
    ['{type: lexicon, plus: [a], stopProperly: 2}', /\[0\]\.stopProperly: expected a factor/],
    ['{type: judge, asking: scores, judge: human}', /\[0\]\.judge: human cannot score single responses/],
    [
      `{type: rubric, judge: "openai:a", ${url}, criteria: []}`,
      /\[0\]\.criteria: expected at least one criterion/,
    ],
    [
      `{type: rubric, judge: "openai:a", ${url}, criteria: [{name: a, description: b, weight: .nan}]}`,
      /\[0\]\.criteria\[0\]\.weight: expected a number of at least 0, got NaN$/,
    ],
    [`{type: rubric, judge: "openai:a", ${url}, generate: 2}`, /\[0\]\.generate: expected two whole numbers/],
    [
      `{type: rubric, judge: "openai:a", ${url}, primary: false}`,
      /\[0\]\.primary: without it the judge writes/,
    ],
  ])('%s', async (reward, message) => {
    const problems = await told([reward])
    expect(problems).toEqual([expect.stringMatching(message)])
    expect(problems[0]).toMatch(/^run\.yaml:6: policy\.rewards\[0\]/)
  })

  it('are judges that cannot be asked about criteria', async () => {
    const trained = `{type: rubric, judge: "reward-model:${folder}"}`
    expect(await told([trained])).toEqual([
      expect.stringMatching(
        /\[0\]\.judge: expected openai:<model> or local:<path>, which can be asked about criteria/,
      ),
    ])
  })

  it('are two rewards of one name: the second is where it is told', async () => {
    expect(await told([lexicon, lexicon])).toEqual([
      'run.yaml:7: policy.rewards[1]: is logged as lexicon, as policy.rewards[0] is: give one of them a name, such as name: lexicon2',
    ])
    expect(await told([lexicon, '{type: lexicon, plus: [a], name: other}'])).toEqual([])
    expect(await told(['{type: lexicon, plus: [a], weight: 0}'])).toEqual([
      'run.yaml:6: policy.rewards: expected one with a weight other than 0',
    ])
  })
})

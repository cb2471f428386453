import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { lengthJudge } from '../adapters/testing/length-judge'
import { type PromptfooAssertionOptions, promptfooAssertion } from './promptfoo-assertion'

const folder = mkdtempSync(join(tmpdir(), 'prefkit-promptfoo-'))

async function loadPromptfoo() {
  vi.stubEnv('PROMPTFOO_CONFIG_DIR', folder)
  vi.stubEnv('PROMPTFOO_DISABLE_TELEMETRY', '1')
  vi.stubEnv('PROMPTFOO_DISABLE_UPDATE', '1')
  return import('promptfoo')
}

let promptfoo: Awaited<ReturnType<typeof loadPromptfoo>>
beforeAll(async () => {
  promptfoo = await loadPromptfoo()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What promptfoo makes of one output, graded by the judge. */
async function assertOutput(
  output: string,
  options: PromptfooAssertionOptions = {},
  type: 'javascript' | 'not-javascript' = 'javascript',
) {
  const judge = lengthJudge()
  const result = await promptfoo.assertions.runAssertion({
    prompt: 'Say much.',
    assertion: { type, value: promptfooAssertion(judge, options) },
    test: { vars: { expected: 'abcd', other: 'ab' } },
    vars: { expected: 'abcd', other: 'ab' },
    providerResponse: { output },
  })
  return { judge, result }
}

describe('promptfooAssertion', () => {
  it('is run by promptfoo on every output of an evaluation', async () => {
    const judge = lengthJudge()
    const evaluation = await promptfoo.evaluate(
      {
        prompts: ['Say {{ word }}.'],
        providers: [async (prompt: string) => ({ output: prompt.slice(4, -1) })],
        tests: [{ vars: { word: 'abcdef', expected: 'ab' } }, { vars: { word: 'ab', expected: 'abcdef' } }],
        defaultTest: { assert: [{ type: 'javascript', value: promptfooAssertion(judge) }] },
        writeLatestResults: false,
      },
      { cache: false, maxConcurrency: 1, showProgressBar: false },
    )
    const { results } = await evaluation.toEvaluateSummary()
    expect(results.map(({ success, score }) => ({ success, score }))).toEqual([
      { success: true, score: 0.75 },
      { success: false, score: 0.25 },
    ])
    expect(judge.asked.pairs[0]).toEqual({ prompt: 'Say abcdef.', a: 'abcdef', b: 'ab' })
  })

  it('says why, with the tokens it took', async () => {
    const { result } = await assertOutput('abcd')
    expect(result).toMatchObject({
      pass: true,
      score: 0.5,
      reason: 'better than the expected output with probability 0.500 (scores)',
      tokensUsed: { total: 32, prompt: 30, completion: 2, numRequests: 2 },
      metadata: { judge: 'length', provenance: 'scores' },
    })
  })

  it('passes from the threshold on', async () => {
    expect((await assertOutput('abcd', { threshold: 0.51 })).result.pass).toBe(false)
    expect((await assertOutput('a', { threshold: 0.2 })).result.pass).toBe(true)
  })

  it('compares with what it is told to', async () => {
    const { result } = await assertOutput('ab', { expected: ({ vars }) => vars.other })
    expect(result.score).toBe(0.5)
  })

  it('scores by itself where there is a scale', async () => {
    const { judge, result } = await assertOutput('abc', {
      scale: { min: 0, max: 10 },
      expected: () => undefined,
    })
    expect(result).toMatchObject({ pass: false, score: 0.3 })
    expect(judge.asked.responses).toEqual([{ prompt: 'Say much.', response: 'abc' }])
  })

  it('fails without an answer, also where the assertion is negated', async () => {
    const { result } = await assertOutput('what?')
    expect(result).toMatchObject({ pass: false, score: 0 })
    expect(result.reason).toMatch('the judge abstained: a response asks')
    expect((await assertOutput('abcdefgh', {}, 'not-javascript')).result.pass).toBe(false)
    expect((await assertOutput('what?', {}, 'not-javascript')).result.pass).toBe(false)
  })

  it('reads a prompt of chat messages', async () => {
    const judge = lengthJudge()
    const messages = [{ role: 'user', content: 'hi' }]
    await promptfooAssertion(judge)('a', { prompt: JSON.stringify(messages), vars: { expected: 'b' } })
    expect(judge.asked.pairs[0]?.prompt).toEqual(messages)
  })

  it('refuses thresholds outside 0 to 1 and misspelt options', () => {
    expect(() => promptfooAssertion(lengthJudge(), { threshold: 2 })).toThrow(/threshold is 2/)
    expect(() => promptfooAssertion(lengthJudge(), { treshold: 0.2 } as object)).toThrow(/no option treshold/)
  })
})

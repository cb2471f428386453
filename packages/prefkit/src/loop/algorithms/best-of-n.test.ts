import { describe, expect, it, vi } from 'vitest'
import type { LoopPrompt } from '../prompts/prompt'
import type { PairwiseScorer, PointwiseScorer } from '../rewards/scorers'
import { policyRollouts } from '../rollouts/policy-rollouts'
import type { RolloutSource } from '../rollouts/rollout'
import { winRateAgainst } from '../scorers/win-rate-against'
import { rolloutOf } from '../testing/rollout-of'
import { storyPolicy } from '../testing/story-policy'
import type { AlgorithmState, AlgorithmStep } from './algorithm'
import { type BestOfNData, type BestOfNOptions, bestOfN, withAnchors } from './best-of-n'

const promptsOf = (...ids: string[]): LoopPrompt[] => ids.map((id) => ({ id, text: id, tokens: [1] }))

/** Responses whose text is how good they are, between 0 and a prompt's spread; from the seed alone. */
function scatteredSource(spreadOf: (prompt: LoopPrompt) => number, digits = 6) {
  const drawn = new Map<string, number[]>()
  const source: RolloutSource = {
    isPolicy: false,
    draw: async ({ prompts, n, seed }) =>
      prompts.flatMap((prompt, p) =>
        Array.from({ length: n }, (_, sample) => {
          const fraction =
            Math.abs(Math.sin(1 + seed * 12.9898 + p * 78.233 + sample * 37.719) * 43758.5453) % 1
          const text = (fraction * spreadOf(prompt)).toFixed(digits)
          drawn.set(prompt.id, [...(drawn.get(prompt.id) ?? []), Number(text)])
          return rolloutOf(text, { prompt, sample })
        }),
      ),
  }
  return { source, drawn }
}

/** Bradley–Terry of those numbers, with a liking for what is shown first, which both orders cancel. */
const pairwise: PairwiseScorer = {
  firstWins: async (pairs) =>
    pairs.map(({ first, second }) => {
      const win = 1 / (1 + Math.exp(Number(second.text) - Number(first.text)))
      return win + 0.5 * Math.min(win, 1 - win)
    }),
}
const pointwise: PointwiseScorer = {
  scores: async (responses) => responses.map(({ response }) => Number(response.text)),
}

async function run(options: Omit<BestOfNOptions, 'promptsPerStep'> & { promptsPerStep?: number }) {
  const steps: AlgorithmStep[] = []
  const states: AlgorithmState[] = []
  for await (const step of bestOfN(options)) {
    steps.push(step)
    states.push(await step.state())
  }
  const { anchors } = states.at(-1)!.data as BestOfNData
  return { steps, states, anchors, metrics: steps.map(({ metrics }) => metrics) }
}

const best = (values: readonly number[], count = 1): string[] =>
  [...values]
    .sort((a, b) => b - a)
    .slice(0, count)
    .map((value) => value.toFixed(6))

describe('bestOfN', () => {
  it.each([1, 2, 5, 8, 9, 15, 30, 50])('finds the best of %i under a judge that compares', async (n) => {
    const { source, drawn } = scatteredSource(() => 4)
    const prompts = promptsOf('a', 'b', 'c')
    const { anchors, metrics } = await run({ prompts, rollouts: source, scorer: { pairwise }, n })
    for (const { id } of prompts) {
      expect(anchors[id]!.map(({ text }) => text)).toEqual(best(drawn.get(id)!))
    }
    // A knock-out to eight, each duel in both orders, then all pairs of those in both orders.
    const comparisons = n <= 8 ? n * (n - 1) : 2 * (n - 8) + 8 * 7
    expect(metrics[0]!['best_of_n/asked']).toBe(3 * comparisons)
    expect(metrics[0]!['best_of_n/n']).toBe(n)
    if (n > 1) expect(metrics[0]!['best_of_n/win_probability']!).toBeGreaterThan(0.5)
  })

  it('finds several, and scores each distinct response once', async () => {
    const { source, drawn } = scatteredSource(() => 4)
    const prompts = promptsOf('a', 'b')
    const { anchors, metrics, steps } = await run({
      ...{ prompts, rollouts: source, scorer: { pointwise }, n: 20, perPrompt: 3 },
    })
    for (const { id } of prompts)
      expect(anchors[id]!.map(({ text }) => text)).toEqual(best(drawn.get(id)!, 3))
    expect(metrics[0]!['best_of_n/asked']).toBe(40)
    expect(steps[0]!.rollouts).toHaveLength(6)
    // Under one digit, eleven at most differ.
    const few = scatteredSource(() => 1, 1)
    const coarse = await run({ prompts, rollouts: few.source, scorer: { pairwise }, n: 40, perPrompt: 2 })
    const distinct = prompts.map(({ id }) => new Set(few.drawn.get(id)).size)
    expect(coarse.metrics[0]!['best_of_n/distinct']).toBe((distinct[0]! + distinct[1]!) / 2)
    expect(coarse.metrics[0]!['best_of_n/n']).toBe(40)
    for (const { id } of prompts) {
      expect(coarse.anchors[id]).toHaveLength(2)
      expect(Number(coarse.anchors[id]![0]!.text)).toBe(Math.max(...few.drawn.get(id)!))
    }
  })

  it.each(['pairwise', 'pointwise'])('draws less where draws are alike, under a %s scorer', async (kind) => {
    const scorer = kind === 'pairwise' ? { pairwise } : { pointwise }
    const drawsWith = async (spread: number, threshold: number) => {
      const { source, drawn } = scatteredSource(() => spread)
      const { metrics } = await run({
        ...{ prompts: promptsOf('a', 'b', 'c', 'd'), rollouts: source, scorer, n: 40 },
        adaptive: { threshold, batch: 5 },
      })
      expect(metrics[0]!['best_of_n/n']).toBe([...drawn.values()].flat().length / 4)
      return metrics[0]!
    }
    const flat = await drawsWith(0, 0.02)
    expect(flat['best_of_n/n']).toBe(5)
    expect(flat['best_of_n/expected_gain']).toBe(0)
    expect(flat['best_of_n/distinct']).toBe(1)
    const alike = await drawsWith(0.2, 0.02)
    expect(alike['best_of_n/n']).toBe(5)
    expect(alike['best_of_n/expected_gain']!).toBeLessThan(0.02)
    const apart = await drawsWith(8, 0.02)
    expect(apart['best_of_n/n']!).toBeGreaterThan(8)
    expect((await drawsWith(8, 0.001))['best_of_n/n']!).toBeGreaterThan(apart['best_of_n/n']!)
  })

  it('gives each prompt as many draws as it needs', async () => {
    const { source, drawn } = scatteredSource(({ id }) => (id === 'wide' ? 8 : 0.1))
    await run({
      ...{ prompts: promptsOf('narrow', 'wide'), rollouts: source, scorer: { pairwise }, n: 40 },
      adaptive: { threshold: 0.005 },
    })
    expect(drawn.get('narrow')).toHaveLength(5)
    expect(drawn.get('wide')!.length).toBeGreaterThan(10)
  })

  it('goes on from a state as if it had never stopped', async () => {
    const options = () => ({
      ...{ prompts: promptsOf('a', 'b', 'c', 'd', 'e'), rollouts: scatteredSource(() => 4).source },
      ...{ scorer: { pairwise }, n: 12, promptsPerStep: 2, adaptive: { threshold: 0.01 } },
    })
    const whole = await run(options())
    expect(whole.steps.map(({ step, totalSteps }) => [step, totalSteps])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ])
    // As a file would hold it.
    const state = JSON.parse(JSON.stringify(whole.states[0]))
    const resumed = await run({ ...options(), resume: state })
    expect(resumed.metrics).toEqual(whole.metrics.slice(1))
    expect(resumed.anchors).toEqual(whole.anchors)
    const [a, ...others] = withAnchors(options().prompts, whole.states[0]!)
    expect(a!.anchors).toEqual(whole.anchors.a)
    expect(others[2]!.anchors).toBeUndefined()
  })

  it('neither looks through all ids for each, nor copies all anchors at each step', async () => {
    const { source: rollouts } = scatteredSource(() => 1)
    const prompts = promptsOf(...Array.from({ length: 20 }, (_, i) => `${i}`))
    const counted = [vi.spyOn(Array.prototype, 'indexOf'), vi.spyOn(Object, 'fromEntries')]
    const steps = bestOfN({ prompts, rollouts, scorer: { pointwise }, n: 1, promptsPerStep: 1 })
    let state: AlgorithmStep['state'] | undefined
    for await (const step of steps) state = step.state
    const calls = counted.map(({ mock }) => mock.calls.length)
    for (const spy of counted) spy.mockRestore()
    expect(calls).toEqual([0, 0])
    expect(Object.keys(((await state!()).data as BestOfNData).anchors)).toHaveLength(20)
  })

  it('goes on with no anchors of other prompts that had these ids', async () => {
    const { source: rollouts } = scatteredSource(() => 4)
    const numbered = (...texts: readonly string[]) =>
      texts.map((text, i) => ({ id: `${i + 1}`, text, tokens: [1] }))
    const asked = { rollouts, scorer: { pointwise }, n: 2, promptsPerStep: 1 }
    const { states } = await run({ ...asked, prompts: numbered('a', 'b') })
    const changed = run({ ...asked, prompts: numbered('new', 'a', 'b'), resume: states[0] })
    await expect(changed).rejects.toMatchObject({
      code: 'RUN_CHANGED',
      message: expect.stringContaining(
        'anchors of prompt 1 were made for "a", and the prompt of this id is now "new"',
      ),
    })
  })

  it('names what is wrong', async () => {
    const { source: rollouts } = scatteredSource(() => 1)
    const good = { prompts: promptsOf('a'), rollouts, scorer: { pointwise } }
    const refused = (options: Partial<BestOfNOptions>) => expect(run({ ...good, ...options })).rejects
    await refused({ prompts: [] }).toThrow('bestOfN: prompts: expected at least one, got none')
    await refused({ prompts: promptsOf('a', 'a') }).toThrow('expected different ids, got "a" twice')
    await refused({ n: 0 }).toThrow('bestOfN: n: expected a whole number ≥ 1, got 0')
    await refused({ n: 2, perPrompt: 3 }).toThrow('perPrompt: expected at most n = 2, got 3')
    await refused({ adaptive: { threshold: 0.7 } }).toThrow('adaptive.threshold')
    await refused({ resume: { step: 1, trainings: {} } }).toThrow('expected a state of bestOfN')
    const silent: PointwiseScorer = { scores: async () => [Number.NaN] }
    await refused({ n: 1, scorer: { pointwise: silent } }).toThrow('expected 1 finite scores, got NaN')
  })

  it('makes anchors that the model itself rarely beats', async () => {
    const { policy, prompts } = await storyPolicy()
    const os: PointwiseScorer = {
      scores: async (all) =>
        all.map(({ response: { text } }) => (20 * text.split('o').length) / (text.length + 1)),
    }
    const rollouts = policyRollouts(policy)
    const asked = prompts(['Once upon a time', 'Tom had a dog'])
    const sampling = { maxNewTokens: 12 }
    const { states } = await run({ prompts: asked, rollouts, scorer: { pointwise: os }, n: 8, sampling })
    const anchored = withAnchors(asked, states.at(-1)!)
    const fresh = await rollouts.draw({ prompts: anchored, n: 8, sampling, seed: 99 })
    const judge: PairwiseScorer = {
      async firstWins(pairs) {
        const of = (side: 'first' | 'second') =>
          os.scores(pairs.map((pair) => ({ prompt: pair.prompt, response: pair[side] })))
        const [first, second] = [await of('first'), await of('second')]
        return pairs.map((_, i) => 1 / (1 + Math.exp(second[i]! - first[i]!)))
      },
    }
    expect(await winRateAgainst(judge, fresh)).toBeLessThan(0.4)
    await policy.release()
  })
})

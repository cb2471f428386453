import { expect, it } from 'vitest'
import { monitors } from '../../monitors/monitors'
import { line, recordsOf } from '../../monitors/testing/curves'
import { functionReward } from '../../rewards/function-reward'
import { goldenReward } from '../../rewards/golden-reward'
import { storyPolicy } from '../../testing/story-policy'
import { evaluatePolicy } from './evaluate-policy'

const constant = (name: string, value: number) => functionReward(name, () => value)

it('names what it measures as monitors look for it: rewards that rise while those stand for less are told of', async () => {
  const { policy, prompts } = await storyPolicy()
  const learnt = constant('length', 1)
  const watched = [goldenReward(constant('story', 0)), { ...constant('winProbability', 0), weight: 0 }]
  const evaluations = { 'a golden reward': watched, 'a win probability': watched.slice(1), 'the same': [] }
  const how = { samplesPerPrompt: 1, sampling: { maxNewTokens: 2 }, seed: 0, prompts: prompts(['Once']) }
  for (const [what, more] of Object.entries(evaluations)) {
    const { metrics } = await evaluatePolicy(policy, { ...how, rewards: [learnt, ...more] })
    const name = more[0] ? `eval_rewards/${more[0].name}/mean` : 'eval_reward'
    expect(Object.keys(metrics)).toContain(name)
    // The numbers of an evaluation, of which that one rises and falls.
    const curve = [...line(10, 0, 2), ...line(10, 2, -1)]
    const steps = curve.map((value, i) => ({ reward: i / 10, ...metrics, [name]: value }))
    const alerts = monitors['reward-hacking'].alerts(recordsOf(steps))
    expect(
      alerts.map(({ severity }) => severity),
      what,
    ).toEqual(['warning', 'critical'])
    expect(alerts[0]!.message).toContain(name)
  }
  await policy.release()
})

it('has no reward where rewards only measure, as their sum is of nothing that is learnt', async () => {
  const { policy, prompts } = await storyPolicy()
  const how = { samplesPerPrompt: 1, sampling: { maxNewTokens: 2 }, seed: 0, prompts: prompts(['Once']) }
  const rewards = [goldenReward(constant('story', 3)), { ...constant('winProbability', 0.5), weight: 0 }]
  const { metrics, rollouts } = await evaluatePolicy(policy, { ...how, rewards })
  expect(metrics).toMatchObject({ 'eval_rewards/golden/mean': 3, 'eval_rewards/winProbability/mean': 0.5 })
  expect(Object.keys(metrics).filter((name) => /^eval_reward(_|$)/.test(name))).toEqual([])
  expect(rollouts.map(({ reward, rewards: parts }) => [reward, parts])).toEqual([
    [Number.NaN, { golden: 3, winProbability: 0.5 }],
  ])
  const silent = goldenReward(functionReward('silent', () => undefined))
  await expect(evaluatePolicy(policy, { ...how, rewards: [silent] })).rejects.toThrow('none gave a score')
  await policy.release()
})

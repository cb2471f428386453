import { assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MonitorName, monitors } from './monitors'
import { noise, recordsOf, uniform } from './testing/curves'

/**
 * The values of a step of a curve: by independent normal noise, of one metric and of another, and the step, counted
 * from 0.
 */
type Curve = (own: number, other: number, i: number) => Record<string, number>

const shareOf = (count: number, share: number, seed: number) => {
  const next = uniform(seed)
  return Array.from({ length: count }, () => next()).filter((value) => value < share).length / count
}
/** The same number for the same noise, so that a curve is one of its seed. */
const seedOf = (own: number) => Math.floor(1e9 * Math.abs(own))
/** Exponential numbers from normal ones, by an approximation of their distribution function that is good to 1e-3. */
const exponential = (own: number) => {
  const below = 0.5 * (1 + Math.tanh(0.7978845608 * (own + 0.044715 * own ** 3)))
  return -Math.log(Math.max(1e-9, 1 - below))
}
const reward = 0.5

/** Curves on which all is well, how long they are, and how many of 100 have an alert where noise has φ = 0.5. */
const calm: [MonitorName, string, number, number, Curve][] = [
  [
    'reward-hacking',
    'a golden reward that stays as the reward rises',
    60,
    15,
    (own, other, i) => ({ reward: i / 30 + 0.3 * other, 'golden/reward': own }),
  ],
  [
    'reward-hacking',
    'a golden reward that rises too',
    60,
    7,
    (own, other, i) => ({ reward: i / 30 + 0.3 * other, 'golden/reward': own + i / 30 }),
  ],
  ['kl-blow-up', 'log-normal noise', 300, 5, (own) => ({ kl: 0.4 * Math.exp(0.5 * own) })],
  [
    'length-drift',
    'lengths that scatter by 30 %',
    300,
    15,
    (own) => ({ 'completions/mean_length': 50 + 15 * own }),
  ],
  [
    'entropy-collapse',
    'an entropy that scatters by 30 %',
    300,
    2,
    (own) => ({ reward, entropy: 2 + 0.6 * own }),
  ],
  ['position-gap', 'a gap of 0 that scatters by 0.1', 100, 10, (own) => ({ 'accuracy/gap': 0.1 * own })],
  ['value-divergence', 'exponential losses', 300, 12, (own) => ({ 'loss/value_avg': exponential(own) })],
  [
    'value-divergence',
    'an explained variance of 0.2',
    300,
    7,
    (own) => ({ 'value/explained_variance': 0.2 + 0.3 * own }),
  ],
  [
    'degenerate-groups',
    '8 groups, of which 0.3 are flat',
    300,
    2,
    (own) => ({ frac_reward_zero_std: shareOf(8, 0.3, seedOf(own)) }),
  ],
  [
    'format-collapse',
    '32 responses, of which 0.9 can be read',
    300,
    2,
    (own) => ({ 'format/parsed_ratio': shareOf(32, 0.9, seedOf(own)) }),
  ],
  [
    'format-collapse',
    'a share of 0.8 that scatters by 0.05',
    300,
    18,
    (own) => ({ 'format/parsed_ratio': 0.8 + 0.05 * own }),
  ],
]

const runs = 100
const alarmsOf = (name: MonitorName, count: number, curve: Curve, phi: number): number =>
  Array.from({ length: runs }, (_, seed) => {
    const [own, other] = [noise(seed, count, phi), noise(seed + 1e6, count, phi)]
    return monitors[name].alerts(recordsOf(own.map((value, i) => curve(value, other[i]!, i)))).length
  }).filter((alerts) => alerts > 0).length

describe('false alarms', () => {
  it.each(calm)('%s: 1 of 100 runs at most, of %s', (name, _, count, __, curve) => {
    expect(alarmsOf(name, count, curve, 0)).toBeLessThanOrEqual(runs / 100)
  })

  it.each(calm)('%s: some more of noise that comes in waves, of %s', (name, _, count, percent, curve) => {
    expect(alarmsOf(name, count, curve, 0.5)).toBeLessThanOrEqual((percent * runs) / 100)
  })
})

/** What goes wrong at step 40, and within how many steps of it the monitor says so. */
const episodes: [MonitorName, string, number, Curve][] = [
  [
    'reward-hacking',
    'a golden reward that falls by 1.25 deviations a measurement',
    14,
    (own, other, i) => ({
      reward: i / 10 + 0.3 * other,
      'golden/reward': own + Math.min(i, 40) / 20 - Math.max(0, i - 40) * 1.25,
    }),
  ],
  [
    'kl-blow-up',
    'a divergence that becomes 20 times as great',
    3,
    (own, _, i) => ({ kl: 0.05 * Math.exp(0.3 * own) * (i >= 40 ? 20 : 1) }),
  ],
  [
    'kl-blow-up',
    'a divergence that creeps beyond the limit',
    40,
    (own, _, i) => ({ 'objective/kl': Math.max(5, 5 + (i - 40) * 2) * Math.exp(0.2 * own) }),
  ],
  [
    'length-drift',
    'a length that doubles',
    25,
    (own, _, i) => ({ 'completions/mean_length': (i >= 40 ? 100 : 50) * (1 + 0.1 * own) }),
  ],
  [
    'length-drift',
    'a length that halves',
    35,
    (own, _, i) => ({ 'completions/mean_length': (i >= 40 ? 25 : 50) * (1 + 0.1 * own) }),
  ],
  [
    'entropy-collapse',
    'an entropy that falls to a tenth',
    16,
    (own, _, i) => ({ reward, entropy: (i >= 40 ? 0.2 : 2) * (1 + 0.1 * own) }),
  ],
  [
    'position-gap',
    'a gap of 0.3',
    7,
    (own, _, i) => ({ 'accuracy/front': 0.8 + 0.02 * own, 'accuracy/back': i >= 40 ? 0.5 : 0.8 }),
  ],
  [
    'value-divergence',
    'a loss that becomes 8 times as great',
    20,
    (own, _, i) => ({ 'loss/value_avg': (i >= 40 ? 8 : 1) * (1 + 0.2 * own) }),
  ],
  [
    'value-divergence',
    'an explained variance of −2',
    20,
    (own, _, i) => ({ 'value/explained_variance': (i >= 40 ? -2 : 0.5) + 0.2 * own }),
  ],
  [
    'degenerate-groups',
    'a share that rises to 0.9',
    10,
    (own, _, i) => ({ frac_reward_zero_std: (i >= 40 ? 0.9 : 0.2) + 0.05 * own }),
  ],
  [
    'format-collapse',
    'a share that falls to 0.4',
    10,
    (own, _, i) => ({ 'format/parsed_ratio': (i >= 40 ? 0.4 : 0.95) + 0.03 * own }),
  ],
]

/** Steps after the beginning of the episode at which it is told of. */
function delayOf(name: MonitorName, curve: Curve, seed: number): number {
  const [own, other] = [noise(seed, 100), noise(seed + 1e7, 100)]
  const alerts = monitors[name].alerts(recordsOf(own.map((value, i) => curve(value, other[i]!, i))))
  return (alerts[0]?.step ?? Number.POSITIVE_INFINITY) - 40
}

describe('episodes', () => {
  it.each(episodes)('%s tells of %s within %i steps, in 19 of 20 runs', (name, _, delay, curve) => {
    const delays = Array.from({ length: runs }, (__, seed) => delayOf(name, curve, seed)).sort(
      (a, b) => a - b,
    )
    expect(delays[0]).toBeGreaterThan(0)
    expect(delays[(runs * 19) / 20 - 1]).toBeLessThanOrEqual(delay)
  })

  it.each(episodes)('%s tells of %s at last, in every run', (name, _, __, curve) => {
    assert(
      property(integer({ min: 0, max: 1e6 }), (seed) => {
        const delay = delayOf(name, curve, seed)
        expect(delay).toBeGreaterThan(0)
        expect(delay).toBeLessThanOrEqual(60)
      }),
      // The same seeds each time: a noise so unlucky that it hides an episode or makes one up is one in hundreds.
      { seed: 1, numRuns: 30 },
    )
  })
})

import { array, assert, constantFrom, double, option, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PrefkitError } from '../../prefkit-error'
import type { StepRecord } from '../step-record'
import { alertsText } from './alerts-text'
import type { Alert } from './monitor'
import { monitorSettings } from './monitor-settings'
import { type MonitorName, monitorNames, monitors, runMonitors, watchRun } from './monitors'
import { line, recordsOf, times } from './testing/curves'

const placesOf = (alerts: readonly Alert[]) => alerts.map(({ step, severity }) => [step, severity])
const curve = (name: string, values: readonly number[]) =>
  recordsOf(values.map((value) => ({ [name]: value })))

describe('hand-made curves', () => {
  it('reward-hacking: reward up, golden down', () => {
    const golden = [...line(20, 0, 2), ...line(20, 2, -1)]
    const records = recordsOf(golden.map((value, i) => ({ reward: i / 10, 'rewards/golden/mean': value })))
    const alerts = monitors['reward-hacking'].alerts(records)
    expect(placesOf(alerts)[0]![1]).toBe('warning')
    expect(alerts[0]!.step).toBeGreaterThan(20)
    expect(alerts[0]!.message).toContain('rewards/golden/mean from 1.')
    expect(alerts[0]!.message).toContain('Go back to a checkpoint near step')
    expect(alerts.at(-1)!).toMatchObject({ severity: 'critical', stage: 'grpo', monitor: 'reward-hacking' })
    expect(alerts.at(-1)!.message).toContain('which is below the')
    expect(alerts).toHaveLength(2)
  })

  it('reward-hacking: nothing to say where the reward falls too, or there is no golden reward', () => {
    const golden = [...line(20, 0, 2), ...line(20, 2, -1)]
    const falling = recordsOf(golden.map((value) => ({ reward: value * 3, 'golden/reward': value })))
    expect(monitors['reward-hacking'].alerts(falling)).toEqual([])
    expect(monitors['reward-hacking'].alerts(curve('reward', golden))).toEqual([])
  })

  it('reward-hacking: the golden reward may be of evaluations, between steps', () => {
    const records = recordsOf(
      Array.from({ length: 200 }, (_, i) => ({
        'objective/scores': i / 100,
        ...(i % 5 === 4 && {
          'eval_rewards/winProbability/mean': i < 100 ? 0.5 + i / 500 : 0.7 - (i - 100) / 250,
        }),
      })),
    )
    const [first] = monitors['reward-hacking'].alerts(records)
    expect(first!.step % 5).toBe(0)
    expect(first!.message).toContain('objective/scores went from')
  })

  it('kl-blow-up: the limit, in nats of a token or of a response', () => {
    expect(placesOf(monitors['kl-blow-up'].alerts(curve('kl', line(40, 0, 2))))).toEqual([[26, 'warning']])
    const steep = monitors['kl-blow-up'].alerts(curve('objective/kl', line(60, 0, 300)))
    expect(placesOf(steep)).toEqual([
      [16, 'warning'],
      [45, 'critical'],
    ])
    expect(steep[0]!.message).toContain('objective/kl is 53.4 nats (the median of 10 steps), above 50')
  })

  it('kl-blow-up: a jump, and not a single wild step', () => {
    const calm = times(30, 0.05)
    expect(monitors['kl-blow-up'].alerts(curve('kl', [...calm, 9, ...calm]))).toEqual([])
    const jump = monitors['kl-blow-up'].alerts(curve('kl', [...calm, 0.4, 0.5, 0.6, 0.5]))
    expect(placesOf(jump)).toEqual([[33, 'critical']])
    expect(jump[0]!.message).toContain(
      'kl was 0.05 nats over 20 steps and has been above 0.4 for 3 steps, 8 times as much',
    )
    expect(monitors['kl-blow-up'].alerts(curve('kl', [...times(30, 0.001), ...times(9, 0.05)]))).toEqual([])
  })

  it('length-drift: longer with what is cut off, shorter, and told of once until it is over', () => {
    const lengths = [...times(15, 40), ...times(30, 70), ...times(30, 40), ...times(20, 10)]
    const records = recordsOf(
      lengths.map((length) => ({
        'completions/mean_length': length,
        'completions/clipped_ratio': length / 100,
      })),
    )
    const alerts = monitors['length-drift'].alerts(records)
    expect(alerts.map(({ step, severity }) => [step, severity])).toEqual([
      [23, 'warning'],
      [83, 'critical'],
    ])
    expect(alerts[0]!.message).toContain(
      'longer: 64 tokens over the last 10 steps, 40 over the first (1.6 times as long). 64 % of them',
    )
    expect(alerts[1]!.message).toContain(
      'shorter: 16 tokens over the last 10 steps, 40 over the first (40 % of the length).',
    )
  })

  it('entropy-collapse: where there is a reward, and not of an imitation', () => {
    const entropies = [...times(15, 2), ...times(20, 0.1)]
    const policy = recordsOf(entropies.map((entropy) => ({ entropy, reward: 1 })))
    const alerts = monitors['entropy-collapse'].alerts(policy)
    expect(placesOf(alerts)).toEqual([
      [23, 'warning'],
      [25, 'critical'],
    ])
    expect(alerts[1]!.message).toContain(
      'entropy is 0.1 nats over the last 10 steps, 5 % of the 2 it began with',
    )
    expect(monitors['entropy-collapse'].alerts(curve('entropy', entropies))).toEqual([])
  })

  it('position-gap: either way round, and by the gap alone', () => {
    const gaps = recordsOf(times(8, { 'accuracy/front': 0.6, 'accuracy/back': 0.8 }))
    const [first] = monitors['position-gap'].alerts(gaps)
    expect(first).toMatchObject({ step: 5, severity: 'warning' })
    expect(first!.message).toContain('20 % more often right when the better response comes second')
    expect(placesOf(monitors['position-gap'].alerts(curve('accuracy/gap', times(6, 0.3))))).toEqual([
      [5, 'critical'],
    ])
    const names = ['eval_accuracy/gap', 'rewards/beats/position_bias', 'eval_rewards/beats/position_bias']
    for (const name of names) {
      const own = monitors['position-gap'].alerts(curve(name, times(6, -0.3)))
      expect(placesOf(own), name).toEqual([[5, 'critical']])
    }
  })

  it('value-divergence: the loss against its best, and explained variance', () => {
    const losses = monitors['value-divergence'].alerts(
      curve('loss/value_avg', [...times(40, 0.5), ...times(40, 6)]),
    )
    expect(losses.map(({ severity }) => severity)).toEqual(['warning', 'critical'])
    expect(losses[1]!.message).toContain('times the 0.5 it was at best')
    const explained = monitors['value-divergence'].alerts(
      curve('value/explained_variance', [...times(45, 0.4), ...times(30, -2)]),
    )
    expect(explained.map(({ severity }) => severity)).toEqual(['warning', 'critical'])
    // A value model begins by knowing nothing.
    expect(monitors['value-divergence'].alerts(curve('value/explained_variance', line(39, -3, 0.5)))).toEqual(
      [],
    )
  })

  it('degenerate-groups', () => {
    const alerts = monitors['degenerate-groups'].alerts(
      curve('frac_reward_zero_std', [...times(20, 0.25), ...times(20, 1)]),
    )
    expect(alerts.map(({ severity }) => severity)).toEqual(['warning', 'critical'])
    expect(alerts[1]!.message).toContain('all responses had the same reward over the last 10 steps')
    expect(monitors['degenerate-groups'].alerts(curve('frac_reward_zero_std', times(40, 0.5)))).toEqual([])
  })

  it('format-collapse: a fall, and not a beginning without form', () => {
    const alerts = monitors['format-collapse'].alerts(
      curve('format/parsed_ratio', [...times(20, 0.9), ...times(20, 0.2)]),
    )
    expect(alerts.map(({ severity }) => severity)).toEqual(['critical'])
    expect(alerts[0]!.message).toContain('90 % at best')
    expect(monitors['format-collapse'].alerts(curve('format/parsed_ratio', line(40, 0.1, 0.9)))).toEqual([])
  })

  it('tell of a second episode once the first is over', () => {
    const [calm, flat] = [times(25, 0.1), times(25, 0.9)]
    const alerts = monitors['degenerate-groups'].alerts(
      curve('frac_reward_zero_std', [...calm, ...flat, ...calm, ...flat]),
    )
    expect(alerts.map(({ step }) => Math.floor(step / 25))).toEqual([1, 1, 3, 3])
  })

  it('watch each stage by itself', () => {
    const first = recordsOf(times(20, { kl: 3 }))
    const second = first.map((own) => ({ ...own, stage: 'ppo' }))
    const mixed = first.flatMap((own, i) => [own, second[i]!])
    expect(runMonitors(mixed).map(({ stage, step }) => [stage, step])).toEqual([
      ['grpo', 10],
      ['ppo', 10],
    ])
  })

  it('have thresholds that can be changed', () => {
    const records = curve('kl', times(20, 0.5))
    expect(runMonitors(records)).toEqual([])
    const settings = { 'kl-blow-up': { limits: { kl: 0.2 }, window: 3 } }
    expect(placesOf(runMonitors(records, settings))).toEqual([[3, 'warning']])
    expect(runMonitors(records, { 'kl-blow-up': false })).toEqual([])
  })
})

/** Names that monitors look for. */
const keys = [
  ...[
    'reward',
    'golden/reward',
    'kl',
    'objective/kl',
    'completions/mean_length',
    'entropy',
    'accuracy/front',
  ],
  ...[
    'accuracy/back',
    'loss/value_avg',
    'value/explained_variance',
    'frac_reward_zero_std',
    'format/parsed_ratio',
  ],
]
// Numbers of many sizes that stay for a while, what JSON makes of NaN, and names that are missing.
const value = option(constantFrom(0, 0.1, 0.9, 1, 5, 60, 500, -3, Number.NaN), { freq: 8 })
const block = record({
  stage: constantFrom('grpo', 'ppo'),
  values: record(Object.fromEntries(keys.map((key) => [key, value])), { requiredKeys: [] }),
  slope: double({ min: -0.2, max: 0.2, noNaN: true }),
})
const runOf = (blocks: readonly { stage: string; values: object; slope: number }[]): StepRecord[] =>
  blocks
    .flatMap(({ stage, values, slope }) =>
      Array.from({ length: 14 }, (_, i) => ({
        stage,
        ...Object.fromEntries(
          Object.entries(values).map(([key, own]) => [key, own === null ? null : own * (1 + slope * i)]),
        ),
      })),
    )
    // A null is no number, but it is what reading metrics.jsonl gives for NaN.
    .map((own, i) => ({ ...own, step: i + 1 }) as unknown as StepRecord)

describe('all monitors', () => {
  it('say of a step what the records up to it say, so that a resumed run has the same alerts', () => {
    let seen = 0
    assert(
      property(array(block, { minLength: 2, maxLength: 8 }), (blocks) => {
        const records = runOf(blocks)
        const all = runMonitors(records)
        seen += all.length
        const kept = Math.floor(records.length * 0.6)
        expect(all.slice(0, runMonitors(records.slice(0, kept)).length)).toEqual(
          runMonitors(records.slice(0, kept)),
        )
        const watch = watchRun({}, records.slice(0, kept))
        const told = records.slice(kept).flatMap((own) => watch(own))
        expect([...runMonitors(records.slice(0, kept)), ...told]).toEqual(all)
        expect(runMonitors(JSON.parse(JSON.stringify(records)))).toEqual(all)
      }),
      { numRuns: 60 },
    )
    expect(seen).toBeGreaterThan(20)
  })

  it('tell each thing once in a row: never the same severity twice without calm between', () => {
    for (const name of monitorNames) {
      const constant = recordsOf(times(60, Object.fromEntries(keys.map((key) => [key, 1000]))))
      expect(monitors[name].alerts(constant).length).toBeLessThanOrEqual(1)
    }
  })

  it('say nothing of no records', () => {
    expect(runMonitors([])).toEqual([])
  })
})

describe('monitorSettings', () => {
  it('takes thresholds and what is turned off', () => {
    const settings = {
      'kl-blow-up': { limits: { kl: 2 }, window: 5 },
      'reward-hacking': { golden: ['eval_x'] },
      'length-drift': false,
    }
    expect(monitorSettings(settings)).toEqual(settings)
    const all = Object.fromEntries(
      monitorNames.map((name: MonitorName) => [name, { ...monitors[name].defaults }]),
    )
    expect(monitorSettings(all)).toEqual(all)
  })

  it.each([
    [
      { 'kl-blowup': {} },
      /^monitors: expected one of reward-hacking, .*, got "kl-blowup"; did you mean kl-blow-up\?$/,
    ],
    [
      { 'kl-blow-up': { limit: 3 } },
      /^monitors.kl-blow-up: expected one of limits, .*did you mean limits\?$/,
    ],
    [
      { 'kl-blow-up': { limits: 3 } },
      /^monitors.kl-blow-up.limits: expected numbers above 0 by names of metrics, got 3$/,
    ],
    [
      { 'kl-blow-up': { window: 1 } },
      /^monitors.kl-blow-up.window: expected a whole number of at least 2, got 1$/,
    ],
    [
      { 'length-drift': { factor: '2' } },
      /^monitors.length-drift.factor: expected a number above 0, got "2"$/,
    ],
    [
      { 'length-drift': { lengths: [] } },
      /^monitors.length-drift.lengths: expected a list of names of metrics, got \[\]$/,
    ],
    [
      { 'length-drift': { clipped: 1 } },
      /^monitors.length-drift.clipped: expected the name of a metric, got 1$/,
    ],
    [{ 'length-drift': true }, /^monitors.length-drift: expected options, or false, got true$/],
  ])('refuses %j', (settings, message) => {
    let error: unknown
    try {
      monitorSettings(settings)
    } catch (thrown) {
      error = thrown
    }
    expect(PrefkitError.isInstance(error) && error.code).toBe('INVALID_CONFIG')
    expect((error as Error).message).toMatch(message)
  })
})

describe('alertsText', () => {
  it('has a line for each alert and its message below, wrapped', () => {
    const alert: Alert = {
      monitor: 'kl-blow-up',
      stage: 'grpo',
      step: 7,
      severity: 'critical',
      message: 'one two three four',
    }
    expect(alertsText([alert, { ...alert, step: 9, severity: 'warning' }], 12)).toBe(
      [
        'CRITICAL: kl-blow-up at step 7 of grpo',
        ...['  one two', '  three four'],
        'Warning: kl-blow-up at step 9 of grpo',
        ...['  one two', '  three four'],
      ].join('\n'),
    )
    expect(alertsText([])).toBe('')
  })
})

import type { StepRecord } from '../step-record'
import { type DegenerateGroupsOptions, degenerateGroups, degenerateGroupsDefaults } from './degenerate-groups'
import { type EntropyCollapseOptions, entropyCollapse, entropyCollapseDefaults } from './entropy-collapse'
import { type FormatCollapseOptions, formatCollapse, formatCollapseDefaults } from './format-collapse'
import { type KlBlowUpOptions, klBlowUp, klBlowUpDefaults } from './kl-blow-up'
import { type LengthDriftOptions, lengthDrift, lengthDriftDefaults } from './length-drift'
import type { Alert, Monitor } from './monitor'
import { type PositionGapOptions, positionGap, positionGapDefaults } from './position-gap'
import { type RewardHackingOptions, rewardHacking, rewardHackingDefaults } from './reward-hacking'
import { type ValueDivergenceOptions, valueDivergence, valueDivergenceDefaults } from './value-divergence'

/** The options of each monitor, by its name. */
export interface MonitorOptions {
  readonly 'reward-hacking': RewardHackingOptions
  readonly 'kl-blow-up': KlBlowUpOptions
  readonly 'length-drift': LengthDriftOptions
  readonly 'entropy-collapse': EntropyCollapseOptions
  readonly 'position-gap': PositionGapOptions
  readonly 'value-divergence': ValueDivergenceOptions
  readonly 'degenerate-groups': DegenerateGroupsOptions
  readonly 'format-collapse': FormatCollapseOptions
}

/** The name of a monitor. */
export type MonitorName = keyof MonitorOptions

/** All monitors by their names, with the thresholds that they have by default. */
export const monitors: {
  readonly [Name in MonitorName]: {
    readonly alerts: Monitor<MonitorOptions[Name]>
    readonly defaults: MonitorOptions[Name]
  }
} = {
  'reward-hacking': { alerts: rewardHacking, defaults: rewardHackingDefaults },
  'kl-blow-up': { alerts: klBlowUp, defaults: klBlowUpDefaults },
  'length-drift': { alerts: lengthDrift, defaults: lengthDriftDefaults },
  'entropy-collapse': { alerts: entropyCollapse, defaults: entropyCollapseDefaults },
  'position-gap': { alerts: positionGap, defaults: positionGapDefaults },
  'value-divergence': { alerts: valueDivergence, defaults: valueDivergenceDefaults },
  'degenerate-groups': { alerts: degenerateGroups, defaults: degenerateGroupsDefaults },
  'format-collapse': { alerts: formatCollapse, defaults: formatCollapseDefaults },
}

/** The names of all monitors. */
// The keys of an object that is written out above.
export const monitorNames = Object.keys(monitors) as readonly MonitorName[]

/** Thresholds by the name of the monitor; false turns one off, and what is not named is at its defaults. */
export type MonitorSettings = { readonly [Name in MonitorName]?: Partial<MonitorOptions[Name]> | false }

/** What all monitors say of the records of a run so far, in the order of the records. */
export function runMonitors(records: readonly StepRecord[], settings: MonitorSettings = {}): Alert[] {
  const alertsOf = <Name extends MonitorName>(name: Name): Alert[] => {
    // What the settings have under a name are options of the monitor of that name, which TypeScript does not follow.
    const options = settings[name] as Partial<MonitorOptions[Name]> | false | undefined
    return options === false ? [] : monitors[name].alerts(records, options)
  }
  const places = new Map(records.map(({ stage, step }, i) => [`${step} ${stage}`, i]))
  const placeOf = ({ stage, step }: Alert): number => places.get(`${step} ${stage}`)!
  return monitorNames.flatMap(alertsOf).toSorted((a, b) => placeOf(a) - placeOf(b))
}

/**
 * Watches a run as it goes: gives for each record what the monitors say of it that was not said before.
 *
 * @param kept - Records of a run that is resumed; what was said of them is not said again.
 */
export function watchRun(
  settings: MonitorSettings = {},
  kept: readonly StepRecord[] = [],
): (record: StepRecord) => Alert[] {
  // A stage is judged by its own records alone.
  const stages = new Map(Map.groupBy(kept, ({ stage }) => stage))
  const keyOf = ({ monitor, stage, step, severity }: Alert) =>
    JSON.stringify([monitor, stage, step, severity])
  const said = new Set(runMonitors(kept, settings).map(keyOf))
  return (record) => {
    const records = stages.get(record.stage) ?? []
    stages.set(record.stage, records)
    records.push(record)
    const news = runMonitors(records, settings).filter((alert) => !said.has(keyOf(alert)))
    for (const alert of news) said.add(keyOf(alert))
    return news
  }
}

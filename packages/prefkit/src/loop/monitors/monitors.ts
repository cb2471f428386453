import type { StepRecord } from '../step-record'
import { type DegenerateGroupsOptions, degenerateGroups, degenerateGroupsDefaults } from './degenerate-groups'
import { type EntropyCollapseOptions, entropyCollapse, entropyCollapseDefaults } from './entropy-collapse'
import { type FormatCollapseOptions, formatCollapse, formatCollapseDefaults } from './format-collapse'
import { type KlBlowUpOptions, klBlowUp, klBlowUpDefaults } from './kl-blow-up'
import { type LengthDriftOptions, lengthDrift, lengthDriftDefaults } from './length-drift'
import type { Alert, Monitor, Watch } from './monitor'
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

/** A monitor, with the thresholds that it has by default. */
interface NamedMonitor<Options> {
  readonly watch: Monitor<Options>
  /** What it says of the records of a run so far. */
  readonly alerts: (records: readonly StepRecord[], options?: Partial<Options>) => Alert[]
  readonly defaults: Options
}

const named = <Options>(watch: Monitor<Options>, defaults: Options): NamedMonitor<Options> => ({
  ...{ watch, defaults },
  alerts: (records, options) => records.flatMap(watch(options)),
})

/** All monitors by their names. */
export const monitors: { readonly [Name in MonitorName]: NamedMonitor<MonitorOptions[Name]> } = {
  'reward-hacking': named(rewardHacking, rewardHackingDefaults),
  'kl-blow-up': named(klBlowUp, klBlowUpDefaults),
  'length-drift': named(lengthDrift, lengthDriftDefaults),
  'entropy-collapse': named(entropyCollapse, entropyCollapseDefaults),
  'position-gap': named(positionGap, positionGapDefaults),
  'value-divergence': named(valueDivergence, valueDivergenceDefaults),
  'degenerate-groups': named(degenerateGroups, degenerateGroupsDefaults),
  'format-collapse': named(formatCollapse, formatCollapseDefaults),
}

/** The names of all monitors. */
// The keys of an object that is written out above.
export const monitorNames = Object.keys(monitors) as readonly MonitorName[]

/** Thresholds by the name of the monitor; false turns one off, and what is not named is at its defaults. */
export type MonitorSettings = { readonly [Name in MonitorName]?: Partial<MonitorOptions[Name]> | false }

/** Begins to watch by one of the monitors, where it is not turned off. */
function beginWatch<Name extends MonitorName>(name: Name, settings: MonitorSettings): Watch[] {
  // What the settings have under a name are options of the monitor of that name, which TypeScript does not follow.
  const options = settings[name] as Partial<MonitorOptions[Name]> | false | undefined
  return options === false ? [] : [monitors[name].watch(options)]
}

/** What all monitors say of the records of a run so far, in the order of the records. */
export const runMonitors = (records: readonly StepRecord[], settings: MonitorSettings = {}): Alert[] =>
  records.flatMap(watchRun(settings))

/**
 * Watches a run as it goes: gives for each record what the monitors say of it.
 *
 * @param kept - Records of a run that is resumed; what was said of them is not said again.
 */
export function watchRun(
  settings: MonitorSettings = {},
  kept: readonly StepRecord[] = [],
): (record: StepRecord) => Alert[] {
  const watches = monitorNames.flatMap((name) => beginWatch(name, settings))
  const watch = (record: StepRecord): Alert[] => watches.flatMap((own) => own(record))
  for (const record of kept) watch(record)
  return watch
}

import type { StageResult } from '../loop/run/driver/stage'
import type { LoopRun } from '../loop/run/run-loop'
import { formatTable } from './format-table'

const shown = (value: StageResult['summary'][string]): string =>
  typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(4) : String(value)

/** Names of what stages tell where words are clearer. */
const words: Readonly<Record<string, string>> = {
  ...{ tooLong: 'too long', equal: 'of equal responses', alsoHeldOut: 'left out as they are held out' },
  withoutDifference: 'without a difference of golden reward',
  ...{ hardened: 'taken as certain', eval_accuracy: 'held-out accuracy' },
}

/** `pairsPerStep` as `pairs per step`. */
const wordsOf = (name: string): string =>
  words[name] ?? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ')

/** What a stage came to, in words: without what is only for the stages after it, and without what there was none of. */
export const summaryText = ({ summary }: Pick<StageResult, 'summary'>): string =>
  Object.entries(summary)
    .filter(([name, value]) => value !== null && name !== 'base' && (value !== 0 || name.startsWith('eval_')))
    .map(([name, value]) => `${wordsOf(name)} ${shown(value)}`)
    .join(', ')

/** Seconds of each stage, of a step of it, and of the parts of a step. */
export function stageTable(results: readonly StageResult[]): string {
  const parts = [...new Set(results.flatMap((result) => Object.keys(result.parts)))]
  const inAStep = (seconds: number | undefined, steps: number): string =>
    seconds === undefined || steps === 0 ? '' : `${(seconds / steps).toPrecision(3)} s`
  const rows = results.map(({ stage, steps, seconds, parts: own }) => [
    ...[stage, `${steps}`, steps === 0 ? '' : `${seconds.toFixed(1)} s`, inAStep(seconds, steps)],
    ...parts.map((part) => inAStep(own[part], steps)),
  ])
  return formatTable([['stage', 'steps', 'time', 'a step', ...parts], ...rows])
}

/** What a run came to, for reading. */
export async function describeRun({ run, results }: LoopRun): Promise<string> {
  const { outcomeLinesOf } = await import('./describe-outcomes')
  const told = results
    .filter(({ stage }) => stage !== 'evaluation')
    .map((result) => [result.stage, summaryText(result)] as const)
  const width = Math.max(...told.map(([stage]) => stage.length))
  return [
    stageTable(results),
    '',
    ...told.filter(([, text]) => text !== '').map(([stage, text]) => `${stage.padEnd(width)}  ${text}`),
    ...(await outcomeLinesOf(run.path)),
    '',
    `run:     ${run.path}`,
    `metrics: ${run.metricsPath}`,
  ].join('\n')
}

/** A run for machines. */
export const resultOf = ({ run, results }: LoopRun) => ({
  run: run.path,
  metrics: run.metricsPath,
  stages: results,
})

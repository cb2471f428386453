import { stringify } from 'yaml'
import type { RunConfig } from '../../loop/run/config/run-config'
import { fewHeldOut } from '../../loop/run/data/nothing-held-out'
import { measureSpeeds } from '../../loop/run/plan/measure-speeds'
import { planRun, type RunPlan, type StagePlan } from '../../loop/run/plan/plan-run'
import { counted, formatTable } from '../format-table'
import { printJson, printText } from '../print'

/** Three digits. */
const short = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 })

const gigabytes = (bytes: number): string => `${short(bytes / 1e9)} GB`

/** A time in the unit that suits. */
function duration(seconds: number): string {
  if (seconds < 100) return `${short(seconds)} s`
  return seconds < 5400 ? `${short(seconds / 60)} min` : `${short(seconds / 3600)} h`
}

const tokens = (count: number): string => (count === 0 ? '' : short(Math.round(count)))

const rowOf = ({ stage, steps, responses, drawn, scored, learnt, memory, seconds }: StagePlan): string[] => [
  ...[stage, `${steps}`, tokens(responses), tokens(drawn), tokens(scored), tokens(learnt)],
  ...[gigabytes(memory), seconds === undefined ? '' : duration(seconds)],
]

function describe(config: RunConfig, { facts, stages, memory, seconds = 0 }: RunPlan): string {
  const { train, heldOut } = facts.prompts
  const header = ['stage', 'steps', 'responses', 'tokens drawn', 'scored', 'learnt', 'memory', 'time']
  const notes = stages.flatMap(({ stage, notes: own }) => own.map((note) => `${stage}: ${note}`))
  const few = fewHeldOut(config, heldOut.rows)
  const tooLong = facts.prompts.tooLong > 0 ? `; ${facts.prompts.tooLong} are too long and left out` : ''
  return [
    stringify(config).trimEnd(),
    '',
    `model: ${counted(facts.parameters, 'parameter')}`,
    `prompts: ${train.rows} to learn on, of ${short(train.tokens)} tokens on the average; ${heldOut.rows} to evaluate on${tooLong}`,
    '',
    formatTable([header, ...stages.map(rowOf)]),
    '',
    ...(few === undefined ? [] : [`warning: ${few}`]),
    ...notes,
    `memory: ${gigabytes(memory)} at the peak, reckoned from counts; models of 0.26 and 135 million parameters took that within 15 % on ONNX Runtime`,
    `time: ${duration(seconds)}, from speeds that were measured here just now, for responses as long as they may be; small runs on a busy machine took 1 to 1.7 times as long, and what judges and servers take is not in it`,
  ].join('\n')
}

/** Runs `prefkit run --dry-run`: shows the settings with all that they leave out, and what the run would do and take. */
export async function dryRunAction(config: RunConfig, json: boolean): Promise<void> {
  const plan = await planRun(config, measureSpeeds)
  if (!json) return printText(describe(config, plan))
  const { facts, ...rest } = plan
  const { parameters, prompts } = facts
  printJson({ config, parameters, prompts, ...rest })
}

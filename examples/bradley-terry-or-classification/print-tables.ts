import type { Options } from './options.ts'
import type { Study } from './prepare-study.ts'
import type { Cell, Contrast, Estimate, Measures } from './summarise.ts'

/** Scorers to compare with: a random pick, a perfect one, and "the longer one is better". */
export interface Baselines {
  readonly random: Measures
  readonly length: Measures
  readonly oracle: Measures
}

const percent = (share: number): string => (100 * share).toFixed(1)
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
const shares = ({ mean, low, high }: Estimate): string[] => [
  percent(mean),
  `${percent(low)} – ${percent(high)}`,
]
const change = ({ mean, low, high }: Estimate): string[] => [
  signed(100 * mean),
  `${signed(100 * low)} … ${signed(100 * high)}`,
]

/** Rows of cells as lines with aligned columns; the first column is flush left, the others right. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}

function cellTable(cells: readonly Cell[], { random, length, oracle }: Baselines, study: Study): string {
  const header = [
    'model',
    'pairs',
    'β',
    'wrong %',
    'from',
    'order %',
    '95 %',
    `best of ${study.responses} %`,
    '95 %',
    'gain',
  ]
  const measures = ({ order, golden, improvement }: Measures) => [
    ...shares(order),
    ...shares(golden),
    improvement.mean.toFixed(2).replace('-', '−'),
  ]
  const rows = cells.map((cell) => [
    `${cell.objective.toUpperCase()}-MLP`,
    cell.pairing,
    String(cell.beta),
    percent(cell.errorRate),
    cell.annotations.toLocaleString('en'),
    ...measures(cell),
  ])
  const baseline = (name: string, of: Measures) => [name, '', '', '', '', ...measures(of)]
  // A random pick orders half of the pairs; its scores are all ties, which would count as none.
  const half = random.order.mean === 0 ? { mean: 0.5, low: 0.5, high: 0.5 } : random.order
  return formatTable([
    header,
    ...rows,
    baseline('longer', length),
    baseline('random', { ...random, order: half }),
    baseline('oracle', oracle),
  ])
}

function contrastTable(contrasts: readonly Contrast[], study: Study): string {
  const header = [
    'points',
    'within',
    'β',
    'from',
    'order',
    '95 %',
    'ahead',
    `best of ${study.responses}`,
    '95 %',
    'gain',
  ]
  const rows = contrasts.map(
    ({ of, within, beta, annotations, order, golden, improvement, ahead, replicates }) => [
      of,
      within,
      String(beta),
      annotations.toLocaleString('en'),
      ...change(order),
      `${ahead} of ${replicates}`,
      ...change(golden),
      `${improvement.mean < 0 ? '−' : '+'}${Math.abs(improvement.mean).toFixed(2)}`,
    ],
  )
  return formatTable([header, ...rows])
}

const [above, below] = [({ low }: Estimate) => low > 0, ({ high }: Estimate) => high < 0]

function verdict(name: Contrast['of'], phrase: string, contrasts: readonly Contrast[]): string[] {
  const some = contrasts.filter(({ of }) => of === name)
  if (some.length === 0) return []
  const count = (measure: 'order' | 'golden', is: (of: Estimate) => boolean) =>
    some.filter((one) => is(one[measure])).length
  const told = (measure: 'order' | 'golden') => {
    const [better, worse] = [count(measure, above), count(measure, below)]
    return `better in ${better}, worse in ${worse}, too close to call in ${some.length - better - worse}`
  }
  return [
    `${phrase}, of ${some.length} designs: order consistency ${told('order')}; best of n ${told('golden')}.`,
  ]
}

/** What was found, in sentences counted from the intervals. */
export const verdicts = (contrasts: readonly Contrast[]): string[] => [
  ...verdict('clf − bt', 'Prompt by prompt, classification against Bradley–Terry', contrasts),
  ...verdict('cross − same', 'Prompt by prompt, pairs of two prompts against pairs of one', contrasts),
]

/** Everything for the terminal. */
export function describeResults(
  cells: readonly Cell[],
  contrasts: readonly Contrast[],
  baselines: Baselines,
  study: Study,
  { replicates }: Options,
): string {
  const train = study.blocks.reduce((sum, block) => sum + block.length, 0)
  return [
    `${train} prompts to train on, ${study.test.length} to test on (${study.leftOut} left out), ${study.responses} responses each, ${study.features.columns} features; annotators are simulated; means of ${replicates} repetitions`,
    cellTable(cells, baselines, study),
    ...(contrasts.length > 0 ? [contrastTable(contrasts, study)] : []),
    verdicts(contrasts).join('\n'),
    'order: pairs of responses to a test prompt in golden order. best of n: golden score of the pick. gain: its reward above the\nmean, in standard deviations. wrong: annotations against the golden order. 95 %: over test prompts and repetitions.',
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

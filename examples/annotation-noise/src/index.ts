// How noisy are human votes? Two published sets, analysed. See README.md.
import type { Estimate } from '@prefkit/noise'
import { annotatorsOf, correlationsWith, kappasOf, type Noise, noiseOf } from './analyse.ts'
import { pandaLm, publishedCompetence, ukpConvArg } from './read-votes.ts'

const show = ({ value, standardError }: Estimate): string =>
  `${value.toFixed(3)} ± ${standardError.toFixed(3)}`

/** Rows of cells as lines with aligned columns; the first column is flush left, the others right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
  return `${rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')}\n`
}

const measures: Readonly<Record<string, keyof Noise>> = {
  'two votes agree': 'agreement',
  'flip rate that implies': 'flipRate',
  'a vote is what most others say': 'withOthers',
  'Fleiss’ κ, with ties': 'kappa',
  'Krippendorff’s α, with ties': 'alpha',
}

const [ukp, panda] = [ukpConvArg(), pandaLm()]
const [noisy, clean] = [noiseOf(ukp), noiseOf(panda)]
const noise = Object.entries(measures).map(([name, key]) => [name, show(noisy[key]), show(clean[key])])
console.log(table([['', 'UKPConvArg1', 'PandaLM'], ...noise]))

const found = correlationsWith(publishedCompetence(), ukp).map((row) => [
  row.estimate,
  String(row.workers),
  row.spearman.toFixed(3),
  row.pearson.toFixed(3),
])
console.log(
  table([['UKPConvArg1: ability against the published', 'workers', 'Spearman', 'Pearson'], ...found]),
)

const people = annotatorsOf(panda).map(({ annotator, accuracy, withOthers }) => [
  `annotator ${annotator + 1}`,
  show(accuracy),
  withOthers.toFixed(3),
])
console.log(table([['PandaLM', 'Dawid–Skene accuracy', 'with the others'], ...people]))

const kappas = kappasOf(panda).map(({ between: [one, other], kappa }) => [
  `${one + 1} and ${other + 1}`,
  show(kappa),
])
console.log(table([['PandaLM: annotators', 'Cohen’s κ'], ...kappas]))

// Bradley–Terry or classification, pairs of one prompt or of two? The experiment of arXiv 2411.04991 on a table of
// golden rewards. See README.md.
import { join } from 'node:path'
import { resolveBackend } from '@prefkit/tensor'
import { renderRewardReport, version } from 'prefkit'
import { buildReport } from './build-report.ts'
import { helpText, type Options, parseOptions } from './options.ts'
import { prepareStudy, type Study } from './prepare-study.ts'
import { type Baselines, describeResults, verdicts } from './print-tables.ts'
import { showProgress } from './progress.ts'
import { type GoldenTable, readTable } from './read-table.ts'
import { openResults, type Results, writeWhole } from './results-file.ts'
import {
  createNetworks,
  runSetting,
  type SettingResult,
  settingsOf,
  sizesOf,
  testScores,
} from './run-setting.ts'
import { cellsOf, contrastsOf, measureOnce } from './summarise.ts'

/** What all results of a folder must share. */
const configOf = (table: GoldenTable, study: Study, options: Options, backend: string) => ({
  prefkit: version,
  backend,
  table: table.sha256,
  embedder: study.embedderId,
  parts: options.parts,
  models: study.models,
  reward: options.reward,
  testShare: options.testShare,
  seed: options.seed,
  training: options.training,
})

async function runAll(options: Options, study: Study, results: Results): Promise<SettingResult[]> {
  const settings = settingsOf(options)
  const networks = createNetworks(options.training)
  const progress = showProgress('training', 'settings', settings.length, options)
  const finished: SettingResult[] = settings.flatMap((setting) => results.find(setting) ?? [])
  progress.update(finished.length)
  try {
    for (const setting of settings) {
      if (results.find(setting)) continue
      const result = await runSetting(setting, study, options, networks)
      await results.add(result)
      finished.push(result)
      const { beta, pairing, objective, annotations } = setting
      progress.update(finished.length, `β ${beta}, ${annotations}, ${pairing}, ${objective}`)
    }
  } finally {
    progress.stop()
    await Promise.all([networks.bt.release(), networks.clf.release()])
  }
  return settings.map((setting) => results.find(setting)!)
}

const baselinesOf = (study: Study): Baselines => ({
  random: measureOnce(testScores(new Float64Array(study.golden.length), study)),
  length: measureOnce(testScores(study.lengths, study)),
  oracle: measureOnce(testScores(study.golden, study)),
})

async function main(args: string[]): Promise<void> {
  const options = parseOptions(args)
  if (options === 'help') return console.log(helpText)
  const table = await readTable(options.table)
  const study = await prepareStudy(table, options)
  const backend = (await resolveBackend('auto')).backend
  const config = configOf(table, study, options, backend.name)
  const results = await openResults(options.out, config)
  const finished = await runAll(options, study, results)
  const cells = cellsOf(finished)
  const contrasts = contrastsOf(cells)
  const baselines = baselinesOf(study)
  const report = join(options.out, 'report.html')
  const command = `node examples/bradley-terry-or-classification/index.ts ${args.join(' ')}`
  const oracle = testScores(study.golden, study)
  await writeWhole(
    report,
    renderRewardReport(
      buildReport({
        cells,
        contrasts,
        baselines,
        oracle,
        study,
        options,
        config,
        backend: backend.description,
        command,
      }),
    ),
  )
  if (options.json) {
    const rows = cells.map(({ results: all, ...cell }) => ({ ...cell, replicates: all.length }))
    const found = { cells: rows, contrasts, baselines, sizes: sizesOf(study), verdicts: verdicts(contrasts) }
    console.log(JSON.stringify({ report, config, ...found }, null, 2))
  } else
    console.log(
      `${describeResults(cells, contrasts, baselines, study, options)}\n\nran on ${backend.description}\nreport: ${report}`,
    )
}

/** Errors made for people have a code; all others are bugs and show where they come from. */
main(process.argv.slice(2)).catch((error: Error & { code?: string }) => {
  console.error(typeof error.code === 'string' ? `error: ${error.message}` : error)
  process.exitCode = 1
})

// node --import ./tools/on-sources.mjs tools/parity/trees-models-rewrite.ts DIRECTORY      writes models of @prefkit/trees
// and its predictions into DIRECTORY, for `trees_models.py check`: every golden model as it was read; with other leaf
// values and thresholds, of all their digits; its last iterations alone; and as a model of an objective of ours.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BoostedTrees, predict, readModel, type Tree, writeModel } from '@prefkit/trees'

const goldens = new URL('../../packages/trees/src/model/goldens/', import.meta.url)
const out = process.argv[2]!
mkdirSync(out, { recursive: true })

const numbers: Readonly<Record<string, number>> = { nan: Number.NaN, inf: 1 / 0, '-inf': -1 / 0 }
const coded = (values: ArrayLike<number>) =>
  Array.from(values, (value) => (Number.isFinite(value) ? value : String(value)))

let seed = 1
const noise = (): number => {
  seed = (seed * 48271) % 2147483647
  return seed / 2147483647 - 0.5
}

const changedTree = (tree: Tree): Tree => ({
  ...tree,
  leafValue: tree.leafValue.map((value) => value * (1 + noise()) + noise() * 1e-9),
  threshold: tree.threshold.map((value, node) => ((tree.decisionType[node]! & 1) === 1 ? value : value + noise() * 1e-3)),
})

const variants: Readonly<Record<string, (model: BoostedTrees) => BoostedTrees | undefined>> = {
  same: (model) => model,
  changed: (model) => ({ ...model, trees: model.trees.map(changedTree) }),
  bradley_terry: (model) =>
    model.numClass === 1 && !model.averageOutput ? { ...model, objective: 'bradley_terry' } : undefined,
}

function save(name: string, model: BoostedTrees, features: number[][]): void {
  const text = writeModel(model)
  const linear = model.parameters.includes('[linear_tree: 1]')
  const prediction = {
    model: text,
    // What LightGBM writes again: it leaves the line out where it has no objective of its own, and reads no parameters
    // of a model without trees.
    again:
      model.trees.length === 0
        ? null
        : model.objective === 'bradley_terry'
          ? text.replace(/^objective=.*\n/m, '')
          : text,
    features: features.map(coded),
    raw: coded(predict(model, features, { type: 'raw' })),
    response: coded(predict(model, features)),
    leaf: coded(predict(model, features, { type: 'leaf' })),
    contributions: linear ? null : coded(predict(model, features, { type: 'contributions' })),
  }
  writeFileSync(join(out, `${name}.json`), JSON.stringify(prediction))
}

for (const file of readdirSync(goldens)) {
  const golden = JSON.parse(readFileSync(new URL(file, goldens), 'utf8'))
  const features: number[][] = golden.features.map((row: (number | string)[]) =>
    row.map((value) => (typeof value === 'string' ? numbers[value]! : value)),
  )
  const model = readModel(golden.model)
  for (const [variant, change] of Object.entries(variants)) {
    const changed = change(model)
    if (changed !== undefined) save(`${file.replace('.json', '')}-${variant}`, changed, features)
  }
  const iterations = model.trees.length / model.numTreePerIteration
  if (iterations < 2) continue
  save(`${file.replace('.json', '')}-last`, readModel(writeModel(model, { startIteration: 1 })), features)
}

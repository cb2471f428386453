import { TreesError } from '../trees-error'
import type { BoostedTrees } from './boosted-trees'
import { invalidModel, quoted } from './model-error'
import { type ModelLines, modelLines, peekLine, readFields, required } from './model-lines'
import { namesInFile } from './names-in-file'
import { parseObjective } from './objective-description'
import { type Field, readInteger, readIntegers, wordsOf } from './read-numbers'
import { readTree, treeFields } from './read-tree'
import type { Tree } from './tree'

const headerFields: ReadonlySet<string> = new Set([
  'version',
  'num_class',
  'num_tree_per_iteration',
  'label_index',
  'max_feature_idx',
  'objective',
  'average_output',
  'feature_names',
  'monotone_constraints',
  'feature_infos',
  'tree_sizes',
])

const endOfTrees = 'end of trees'
const versions = ['v3', 'v4']
/** More classes than this are taken for damage. */
const mostClasses = 2 ** 16

type Header = Omit<BoostedTrees, 'trees' | 'parameters' | 'parserConfig' | 'pandasCategorical'>

function expectLine(lines: ModelLines, expected: string): void {
  const found = lines.lines[lines.next]
  if (found !== expected) {
    const what = found === undefined ? 'the text ends' : `found ${quoted(found)}`
    throw invalidModel(lines.next + 1, `${what}; expected ${quoted(expected)}`)
  }
  lines.next += 1
}

function checkVersion({ text, line }: Field): void {
  if (versions.includes(text)) return
  const message = `model text, line ${line}: version is ${quoted(text)}; expected one of ${versions.join(', ')}: save the model anew with LightGBM 4`
  throw new TreesError('UNSUPPORTED', message)
}

/** Words of a field, one for each column. */
function wordsOfColumns(field: Field, columns: number): string[] {
  const words = wordsOf(field.text)
  if (words.length === columns) return words
  const message = `${field.key} has ${words.length} entries; expected ${columns} (max_feature_idx + 1)`
  throw invalidModel(field.line, message)
}

function readObjective(field: Field | undefined, numClass: number): string {
  if (field === undefined) return ''
  const description = namesInFile.get(field.text) ?? field.text
  try {
    const { numClass: named, name } = parseObjective(description)
    if (name === 'custom' || named === numClass) return description
    throw invalidModel(
      field.line,
      `objective is ${quoted(field.text)}; expected one of num_class ${numClass}`,
    )
  } catch (error) {
    if (!TreesError.isInstance(error) || error.message.startsWith('model text')) throw error
    throw invalidModel(field.line, error.message)
  }
}

function readHeader(fields: ReadonlyMap<string, Field>): Header {
  const need = (key: string) => required(fields, key, 1, 'the model')
  checkVersion(need('version'))
  const numClass = readInteger(need('num_class'), 1, mostClasses)
  const perIteration = need('num_tree_per_iteration')
  const numTreePerIteration = readInteger(perIteration, 1, mostClasses)
  if (numTreePerIteration !== numClass) {
    const message = `num_tree_per_iteration is ${numTreePerIteration}; expected num_class, ${numClass}`
    throw invalidModel(perIteration.line, message)
  }
  const maxFeatureIdx = readInteger(need('max_feature_idx'), 0, 2 ** 31 - 2)
  const columns = maxFeatureIdx + 1
  const constraints = fields.get('monotone_constraints')
  return {
    objective: readObjective(fields.get('objective'), numClass),
    numClass,
    numTreePerIteration,
    labelIndex: readInteger(need('label_index'), 0, 2 ** 31 - 1),
    maxFeatureIdx,
    averageOutput: fields.has('average_output'),
    featureNames: wordsOfColumns(need('feature_names'), columns),
    featureInfos: wordsOfColumns(need('feature_infos'), columns),
    ...(constraints === undefined
      ? {}
      : {
          monotoneConstraints: [
            ...readIntegers(constraints, (n) => new Int32Array(n), columns, [-1, 1], 'max_feature_idx + 1'),
          ],
        }),
  }
}

function readTrees(lines: ModelLines, maxFeatureIdx: number): Tree[] {
  const trees: Tree[] = []
  while (peekLine(lines) !== endOfTrees) {
    const line = lines.next + 1
    expectLine(lines, `Tree=${trees.length}`)
    trees.push(
      readTree(
        readFields(lines, treeFields, (text) => text === ''),
        line,
        maxFeatureIdx,
      ),
    )
  }
  lines.next += 1
  return trees
}

/** Lines up to `end`, blank ones left out. */
function linesUntil(lines: ModelLines, end: string): string[] {
  const found: string[] = []
  for (;;) {
    const line = peekLine(lines)
    if (line === undefined) throw invalidModel(lines.next + 1, `the text ends; expected ${quoted(end)}`)
    lines.next += 1
    if (line === end) return found
    found.push(line)
  }
}

function readParameters(lines: ModelLines): string[] {
  const first = lines.next + 1
  const parameters = linesUntil(lines, 'end of parameters')
  const wrong = parameters.findIndex((line) => !/^\[[^:]+:.*\]$/.test(line))
  if (wrong < 0) return parameters
  const message = `parameters: line ${wrong + 1} is ${quoted(parameters[wrong]!)}; expected [name: value]`
  throw invalidModel(first, message)
}

/** Importances are counted anew when they are written, so only their form is looked at. */
function skipImportances(lines: ModelLines): void {
  for (; (lines.lines[lines.next] ?? '') !== ''; lines.next++) {
    const line = lines.lines[lines.next]!
    if (!/=\d+$/.test(line)) {
      throw invalidModel(lines.next + 1, `found ${quoted(line)}; expected an importance, name=number`)
    }
  }
}

type Tail = Pick<BoostedTrees, 'parameters' | 'parserConfig' | 'pandasCategorical'>

const sections: Readonly<Record<string, (lines: ModelLines) => Partial<Tail>>> = {
  'feature_importances:': (lines) => {
    skipImportances(lines)
    return {}
  },
  'parameters:': (lines) => ({ parameters: readParameters(lines) }),
  'parser:': (lines) => ({ parserConfig: linesUntil(lines, 'end of parser') }),
}

const pandas = 'pandas_categorical:'

/** What stands behind the trees: each section at most once, in any order. */
function readTail(lines: ModelLines): Tail {
  const seen = new Set<string>()
  let tail: Tail = { parameters: [] }
  for (let line = peekLine(lines); line !== undefined; line = peekLine(lines)) {
    const name = line.startsWith(pandas) ? pandas : line
    const read = Object.hasOwn(sections, name) ? sections[name] : undefined
    if ((read === undefined && name !== pandas) || seen.has(name)) {
      const left = [...Object.keys(sections), pandas].filter((section) => !seen.has(section))
      const expected = left.length === 0 ? 'the end of the text' : `one of ${left.join(' ')}, or the end`
      throw invalidModel(lines.next + 1, `found ${quoted(line)}; expected ${expected}`)
    }
    seen.add(name)
    lines.next += 1
    tail = { ...tail, ...(read?.(lines) ?? { pandasCategorical: line.slice(pandas.length) }) }
  }
  return tail
}

function checkTreeCount(trees: readonly Tree[], { numTreePerIteration }: Header, sizes?: Field): void {
  if (sizes !== undefined && wordsOf(sizes.text).length !== trees.length) {
    const message = `tree_sizes has ${wordsOf(sizes.text).length} entries; expected ${trees.length}, one for each tree that follows`
    throw invalidModel(sizes.line, message)
  }
  if (trees.length % numTreePerIteration === 0) return
  const message = `model text: it has ${trees.length} trees; expected a multiple of num_tree_per_iteration, ${numTreePerIteration}`
  throw new TreesError('INVALID_MODEL', message)
}

/**
 * Reads a model in LightGBM's text format: what Python's `Booster.save_model` writes and {@link writeModel}. Line ends
 * may be LF or CRLF. Sizes of trees in bytes, which LightGBM needs, are not looked at, so an edited file can be read.
 *
 * @param text the whole file, of version v3 or v4.
 * @throws TreesError `INVALID_MODEL` for text that is malformed, cut short or contradicts itself, naming the line, what
 * stood there and what was expected; `UNSUPPORTED` for another version.
 *
 * Source: LightGBM, `GBDT::LoadModelFromString`. Proven against LightGBM 4.7.0 (`goldens.test.ts`).
 */
export function readModel(text: string): BoostedTrees {
  if (typeof text !== 'string') {
    throw new TreesError('INVALID_MODEL', `model text is ${typeof text}; expected a string`)
  }
  const lines = modelLines(text)
  expectLine(lines, 'tree')
  const isEnd = (line: string) => line.startsWith('Tree=') || line === endOfTrees
  const fields = readFields(lines, headerFields, isEnd)
  const header = readHeader(fields)
  const trees = readTrees(lines, header.maxFeatureIdx)
  checkTreeCount(trees, header, fields.get('tree_sizes'))
  return { ...header, trees, ...readTail(lines) }
}

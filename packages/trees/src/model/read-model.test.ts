import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TreesError } from '../trees-error'
import type { BoostedTrees } from './boosted-trees'
import { predict } from './predict'
import { readModel } from './read-model'
import { writeModel } from './write-model'

const goldenText = (name: string): string =>
  JSON.parse(readFileSync(new URL(`goldens/${name}.json`, import.meta.url), 'utf8')).model

/** A tree of two nodes and three leaves, over two columns; node 1 is categorical. */
const small = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=regression
feature_names=a b
feature_infos=[0:1] 1:2:3
tree_sizes=9

Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
split_gain=2 1
threshold=0.5 0
decision_type=2 1
left_child=1 -1
right_child=-2 -3
leaf_value=1 2 3
leaf_weight=5 5 5
leaf_count=5 5 5
internal_value=0 0
internal_weight=15 10
internal_count=15 10
cat_boundaries=0 1
cat_threshold=8
is_linear=0
shrinkage=0.1


end of trees

feature_importances:
a=1
`

function errorOf(text: string): TreesError {
  try {
    readModel(text)
  } catch (error) {
    if (TreesError.isInstance(error)) return error
    throw error
  }
  throw new Error('it was read')
}

const edited = (from: string | RegExp, to: string): string => {
  const text = small.replace(from, to)
  expect(text).not.toBe(small)
  return text
}

describe('readModel', () => {
  it('reads the model that the damaged ones below are made from', () => {
    const features = [
      [0, 3],
      [0, 2],
      [1, 3],
      [Number.NaN, 3],
    ]
    expect([...predict(readModel(small), features)]).toEqual([1, 3, 2, 1])
  })

  it.each<[string, string | RegExp, string, string]>([
    ['another first line', /^tree/, 'forest', 'line 1: found "forest"; expected "tree"'],
    [
      'a field it does not know',
      'label_index=0',
      'label_idx=0',
      'line 5: found "label_idx=0"; expected a line key=… of one of version',
    ],
    ['a field twice', 'label_index=0', 'num_class=1', 'line 5: num_class a second time, after line 3'],
    ['no field that is needed', 'max_feature_idx=1\n', '', 'line 1: the model has no max_feature_idx'],
    [
      'names of fewer columns',
      'feature_names=a b',
      'feature_names=a',
      'line 8: feature_names has 1 entries; expected 2',
    ],
    [
      'trees of no class',
      'num_tree_per_iteration=1',
      'num_tree_per_iteration=2',
      'line 4: num_tree_per_iteration is 2; expected num_class, 1',
    ],
    [
      'an objective it does not know',
      'objective=regression',
      'objective=regresion',
      'line 7: objective is "regresion"; expected one of regression',
    ],
    [
      'an option it does not know',
      'objective=regression',
      'objective=binary sigma:1',
      'line 7: objective is "binary sigma:1"; expected options sigmoid',
    ],
    [
      'an option out of range',
      'objective=regression',
      'objective=binary sigmoid:0',
      'sigmoid:… of a number above 0',
    ],
    [
      'classes that differ',
      'objective=regression',
      'objective=multiclass num_class:3',
      'expected one of num_class 1',
    ],
    [
      'another number of trees',
      'tree_sizes=9',
      'tree_sizes=9 9',
      'line 10: tree_sizes has 2 entries; expected 1',
    ],
    ['trees out of order', 'Tree=0', 'Tree=1', 'line 12: found "Tree=1"; expected "Tree=0"'],
    ['no leaves', 'num_leaves=3', 'num_leaves=0', 'line 13: num_leaves is "0"; expected an integer from 1'],
    [
      'leaves no memory holds',
      'num_leaves=3',
      'num_leaves=2000000000',
      'line 15: split_feature has 2 numbers; expected 1999999999 (num_leaves 2000000000 − 1)',
    ],
    [
      'too few numbers',
      'leaf_value=1 2 3',
      'leaf_value=1 2',
      'line 21: leaf_value has 2 numbers; expected 3 (num_leaves 3)',
    ],
    [
      'what is no number',
      'leaf_value=1 2 3',
      'leaf_value=1 2 x',
      'line 21: leaf_value[2] is "x"; expected a number',
    ],
    ['NaN', 'threshold=0.5 0', 'threshold=nan 0', 'line 17: threshold[0] is "nan"; expected a number'],
    [
      'a column there is not',
      'split_feature=0 1',
      'split_feature=0 2',
      'line 15: split_feature[1] is "2"; expected an integer from 0 to 1',
    ],
    [
      'a decision there is not',
      'decision_type=2 1',
      'decision_type=2 12',
      'line 18: decision_type[1] is "12"; expected an integer from 0 to 11',
    ],
    [
      'a child there is not',
      'right_child=-2 -3',
      'right_child=-2 -4',
      'line 20: right_child[1] is "-4"; expected an integer from -3 to 1',
    ],
    [
      'a leaf twice',
      'right_child=-2 -3',
      'right_child=-2 -2',
      'line 20: right_child[1] is leaf 1 (-2), which is reached a second time',
    ],
    [
      'a cycle',
      'left_child=1 -1',
      'left_child=1 0',
      'line 19: left_child[1] is node 0, which is reached a second time',
    ],
    ['a cycle beside the root', 'left_child=1 -1', 'left_child=-1 1', "line 19: node 1 is no node's child"],
    [
      'a set there is not',
      'threshold=0.5 0',
      'threshold=0.5 1',
      'line 17: threshold[1] of a categorical split is 1; expected a set from 0 to 0',
    ],
    [
      'sets that begin late',
      'cat_boundaries=0 1',
      'cat_boundaries=1 1',
      'line 27: cat_boundaries[0] is 1; expected it to begin at 0',
    ],
    [
      'sets of other sizes',
      'cat_threshold=8',
      'cat_threshold=8 8',
      'line 28: cat_threshold has 2 numbers; expected 1 (cat_boundaries end at 1)',
    ],
    ['a tree without a field', 'leaf_value=1 2 3\n', '', 'line 12: the tree has no leaf_value'],
    [
      'a section it does not know',
      'feature_importances:',
      'importances:',
      'line 35: found "importances:"; expected one of feature_importances:',
    ],
    ['importances that are none', 'a=1\n', 'a\n', 'line 36: found "a"; expected an importance'],
    [
      'a section cut short',
      'a=1\n',
      'a=1\n\nparameters:\n[a: b]\n',
      'the text ends; expected "end of parameters"',
    ],
    [
      'parameters that are none',
      'a=1\n',
      'a=1\n\nparameters:\na: b\nend of parameters\n',
      'line 1 is "a: b"; expected [name: value]',
    ],
    ['no end of trees', 'end of trees\n', '', 'line 34: found "feature_importances:"; expected "Tree=1"'],
  ])('names the line, what stood there and what was expected: %s', (_, from, to, message) => {
    const error = errorOf(edited(from, to))
    expect(error.code).toBe('INVALID_MODEL')
    expect(error.message).toContain(message)
  })

  it('says which versions it reads', () => {
    const error = errorOf(edited('version=v4', 'version=v2'))
    expect(error.code).toBe('UNSUPPORTED')
    expect(error.message).toContain('line 2: version is "v2"; expected one of v3, v4')
    expect(readModel(edited('version=v4', 'version=v3'))).toEqual(readModel(small))
  })

  it('takes a byte order mark, spaces and infinite leaves as LightGBM does', () => {
    const text = `\uFEFF${edited('leaf_value=1 2 3', 'leaf_value=1  inf -inf ')}`
    const [tree] = readModel(text).trees
    expect([...tree!.leafValue]).toEqual([1, Infinity, -Infinity])
    expect(writeModel(readModel(text))).toContain('leaf_value=1 inf -inf\n')
  })

  it('takes time that grows with the text, not its square', () => {
    const model = readModel(goldenText('deep'))
    const many: BoostedTrees = { ...model, trees: Array.from({ length: 3000 }, () => model.trees[0]!) }
    const text = writeModel(many)
    // 9 MB; where each tree searched all of the text again, this would not end.
    expect(text.length).toBeGreaterThan(8_000_000)
    expect(readModel(text).trees).toHaveLength(3000)
  })
})

/** The splits of each tree in a model's text: columns, thresholds and children, as they are written. */
function splitsOf(model: string): string[] {
  const [, ...trees] = model.split('end of trees')[0]!.split(/^Tree=\d+$/m)
  const line = (tree: string, name: string) => new RegExp(`^${name}=.*$`, 'm').exec(tree)?.[0] ?? ''
  return trees.map((tree) =>
    ['split_feature', 'threshold', 'decision_type', 'left_child', 'right_child']
      .map((name) => line(tree, name))
      .join('\n'),
  )
}

/** Leading trees that are split for split the same in both models, and trees in all. */
export function equalTrees(ours: string, theirs: string): { readonly equal: number; readonly all: number } {
  const [own, others] = [splitsOf(ours), splitsOf(theirs)]
  if (own.length === 0 || own.length !== others.length)
    throw new Error(`expected as many trees in both models, got ${own.length} and ${others.length}`)
  const different = own.findIndex((tree, i) => tree !== others[i])
  return { equal: different < 0 ? own.length : different, all: own.length }
}

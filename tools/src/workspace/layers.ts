/** What one package may build on. */
export interface Layer {
  /** The packages it may import; what those may import, it may too. */
  imports: string[]
  /** True when it must run in a browser: no Node built-ins outside `nodeOnly`. */
  browserSafe: boolean
  /** Files and folders under src/ that may use Node built-ins all the same. */
  nodeOnly?: string[]
}

const pure = { imports: [], browserSafe: true }

/** The package graph, by folder name: the one place where it is written down. */
export const layers: Record<string, Layer> = {
  tensor: { imports: [], browserSafe: true, nodeOnly: ['native'] },
  nn: { imports: ['tensor'], browserSafe: true, nodeOnly: ['files'] },
  losses: { imports: ['tensor'], browserSafe: true },
  advantages: pure,
  expressions: pure,
  noise: { imports: ['expressions'], browserSafe: true },
  rubrics: { imports: ['advantages', 'expressions'], browserSafe: true },
  judges: { imports: ['rubrics', 'evals'], browserSafe: false },
  trees: { imports: [], browserSafe: true, nodeOnly: ['binning/testing'] },
  datasets: { imports: [], browserSafe: false },
  'reward-models': { imports: ['nn', 'losses', 'trees', 'datasets'], browserSafe: false },
  lm: { imports: ['nn'], browserSafe: true, nodeOnly: ['files'] },
  evals: { imports: ['datasets'], browserSafe: true },
  prefkit: {
    imports: ['advantages', 'noise', 'judges', 'reward-models', 'lm', 'evals'],
    browserSafe: false,
  },
}

/** Every package that `folder` may import, directly or through another. Throws on a cycle. */
export function allowedImports(
  folder: string,
  graph: Record<string, Layer> = layers,
  path: string[] = [],
): Set<string> {
  if (path.includes(folder))
    throw new Error(`the package graph has a cycle: ${[...path, folder].join(' -> ')}`)
  const direct = graph[folder]?.imports ?? []
  const inherited = direct.flatMap((next) => [...allowedImports(next, graph, [...path, folder])])
  return new Set([...direct, ...inherited])
}

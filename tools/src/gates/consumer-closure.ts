/** The part of package-lock.json's `packages` that says who needs whom. */
export interface LockedPackage {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** package-lock.json's `packages`: keys are paths such as `node_modules/a/node_modules/b`. */
export type LockedPackages = Record<string, LockedPackage>

/** Libraries with a native or GPU part: none may come along unasked. */
const heavy = /^(onnxruntime-(node|web)|gpu\.js|gl|webgpu|sharp|@tensorflow\/.*|@huggingface\/transformers)$/

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** The installed path that `name` resolves to for a package at `from`, as Node looks it up. */
function resolveFrom(from: string, name: string, locked: LockedPackages): string | undefined {
  for (let base = from; ; base = base.slice(0, base.lastIndexOf('node_modules/')).replace(/\/$/, '')) {
    const path = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`
    if (path in locked) return path
    if (base === '') return undefined
  }
}

/** Paths that the dependencies of `start` reach; optional peers are not followed. */
function reachable(start: string, locked: LockedPackages): Set<string> {
  const seen = new Set<string>()
  const queue = [start]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const {
      dependencies,
      optionalDependencies,
      peerDependencies = {},
      peerDependenciesMeta,
    } = locked[path] ?? {}
    const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta?.[name]?.optional)
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const target = resolveFrom(path, name, locked)
      if (target) queue.push(target)
    }
  }
  return seen
}

/**
 * Names that installing `name` alone put into node_modules without a manifest asking for them, and
 * native or GPU libraries that neither `name` lists itself nor one of those it lists brings along.
 */
export function unexpectedPackages(name: string, locked: LockedPackages): string[] {
  const start = `node_modules/${name}`
  const expected = reachable(start, locked)
  const { dependencies, optionalDependencies } = locked[start] ?? {}
  const own = Object.keys({ ...dependencies, ...optionalDependencies }).filter((other) => heavy.test(other))
  const asked = new Set(
    own.flatMap((other) => [...reachable(resolveFrom(start, other, locked) ?? '', locked)]),
  )
  return Object.keys(locked)
    .filter((path) => path !== '')
    .filter((path) => !expected.has(path) || (heavy.test(nameOf(path)) && !asked.has(path)))
    .map(nameOf)
}

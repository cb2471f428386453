/** What a program of this folder is told, as JSON. */
export interface Plan {
  readonly url: string
  readonly count: number
  /** Requests at once, and so connections. */
  readonly connections: number
  /** A folder for journal and cache. */
  readonly folder: string
  readonly cache: boolean
  /** Whether the heap is measured on the way, which takes time. */
  readonly watchMemory: boolean
}

/** What it says at its end. */
export interface Outcome {
  readonly seconds: number
  readonly judged: number
  /** Processor time of the process meanwhile. */
  readonly cpuSeconds: number
  /** Judgements, bytes on the heap after a collection, and bytes resident, on the way. */
  readonly memory: readonly (readonly [judged: number, heap: number, resident: number])[]
}

export const readPlan = (): Plan => JSON.parse(process.argv[2] ?? '{}')

/** Runs what counts up to the plan's count, and prints the time and what else is measured. */
export async function measure(
  plan: Plan,
  work: (settled: (judged: number) => void) => Promise<number>,
): Promise<void> {
  const memory: [number, number, number][] = []
  const collect = (globalThis as { gc?: () => void }).gc
  const settled = (judged: number) => {
    if (!plan.watchMemory || judged % 1000 !== 0) return
    collect?.()
    const { heapUsed, rss } = process.memoryUsage()
    memory.push([judged, heapUsed, rss])
  }
  const cpu = process.cpuUsage()
  const start = performance.now()
  const judged = await work(settled)
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const outcome: Outcome = { seconds, judged, cpuSeconds: (user + system) / 1e6, memory }
  console.log(JSON.stringify(outcome))
}

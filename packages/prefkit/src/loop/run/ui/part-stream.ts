import { stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { readRunData } from '../../../report/loop/read-run-data'
import type { LiveNews } from './page-parts'
import { pageParts } from './page-parts'

/** Sends the parts of a live page to whoever looks at it. */
export interface PartStream {
  /** Someone looks: all parts, and from now on those that change. */
  add(client: ServerResponse): void
  remove(client: ServerResponse): void
  /** Looks whether the run has changed, and sends what is drawn anew. */
  refresh(): Promise<void>
  /** Sends what is new, however soon after the last time, and says goodbye. */
  end(words: string): Promise<void>
}

const watched = ['metrics.jsonl', 'timings.jsonl', 'samples.jsonl', 'alerts.jsonl', 'stages', 'config.json']

/** Changes whenever the run's files do. */
async function versionOf(path: string): Promise<string> {
  const found = await Promise.all(watched.map((name) => stat(join(path, name)).catch(() => undefined)))
  return found.map((file) => (file ? `${file.size}:${file.mtimeMs}` : '-')).join(' ')
}

/** Reading and drawing may take this part of the time, as they take it from the run. */
const drawingShare = 0.05

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`

/** Parts of the page of a run, drawn from its files as they change, and only while somebody looks. */
export function partStream(path: string, news: LiveNews): PartStream {
  const clients = new Set<ServerResponse>()
  let parts: Readonly<Record<string, string>> = {}
  let drawn = ''
  let notBefore = 0
  let drawing: Promise<void> = Promise.resolve()

  const draw = async (isLast: boolean): Promise<void> => {
    const begun = performance.now()
    if (clients.size === 0 || (begun < notBefore && !isLast)) return
    const version = `${await versionOf(path)} ${news.warnings.length} ${[...news.totals]}`
    if (version === drawn) return
    const now = pageParts(await readRunData(path), news)
    const changed = Object.entries(now).filter(([id, markup]) => parts[id] !== markup)
    parts = now
    drawn = version
    notBefore = performance.now() + (performance.now() - begun) / drawingShare
    if (changed.length === 0) return
    for (const client of clients) client.write(event('parts', Object.fromEntries(changed)))
  }

  /** One after the other. A run that is not there yet, or a file that is being cut back: the next look finds it whole. */
  const refresh = (isLast = false): Promise<void> => {
    drawing = drawing.then(() => draw(isLast)).catch(() => {})
    return drawing
  }

  return {
    add(client) {
      if (Object.keys(parts).length > 0) client.write(event('parts', parts))
      clients.add(client)
      void refresh()
    },
    remove: (client) => void clients.delete(client),
    refresh: () => refresh(),
    async end(words) {
      await refresh(true)
      for (const client of clients) client.end(event('end', words))
    },
  }
}

import type { RunListener } from '../loop/run/driver/run-event'

/**
 * Does the work of a run, with a live page of it where one is wanted.
 * @param ui the page's port, or true for the first that is free; undefined for no page.
 * @param onEvent told of the run's events too.
 * @throws PrefkitError `INVALID_CONFIG` for a port that cannot be had, before anything is done; what the work throws.
 */
export async function withRunPage<Result>(
  path: string,
  ui: number | true | undefined,
  onEvent: RunListener,
  work: (onEvent: RunListener) => Promise<Result>,
): Promise<Result> {
  if (ui === undefined) return work(onEvent)
  const { serveRunPage } = await import('../loop/run/ui/serve-run-page')
  const page = await serveRunPage(path, ui === true ? {} : { port: ui })
  process.stderr.write(`live page: ${page.url}\n`)
  try {
    return await work((event) => {
      onEvent(event)
      page.onEvent(event)
    })
  } finally {
    await page.close()
  }
}

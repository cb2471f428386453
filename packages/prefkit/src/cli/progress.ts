import { Presets, SingleBar } from 'cli-progress'

/** Shows how far long work has come: a bar with rate and time left on a terminal, lines now and then elsewhere. */
export interface Progress {
  /** Work done so far, with a few words or numbers to show beside the bar. */
  update(done: number, note?: string): void
  stop(): void
}

const silent: Progress = { update() {}, stop() {} }

/**
 * Starts showing progress on standard error.
 * @param total units of work in all.
 * @param unit what is counted, in the plural.
 */
export function startProgress(label: string, total: number, unit: string, quiet = false): Progress {
  if (quiet || total <= 0) return silent
  const bar = new SingleBar(
    {
      format: `${label} [{bar}] {percentage}% | {value}/{total} ${unit} | {rate} ${unit}/s | {eta_formatted} left {note}`,
      stream: process.stderr,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  )
  const begun = performance.now()
  bar.start(total, 0, { note: '', rate: '…' })
  return {
    update(done, note = '') {
      const seconds = (performance.now() - begun) / 1000
      bar.update(done, { note, rate: seconds > 0 ? (done / seconds).toPrecision(3) : '…' })
    },
    stop: () => bar.stop(),
  }
}

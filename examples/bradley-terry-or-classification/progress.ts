import { Presets, SingleBar } from 'cli-progress'

/** Shows on standard error how far a phase of `total` units has come. */
export interface Progress {
  update(done: number, note?: string): void
  stop(): void
}

/** A bar with rate and time left; on anything but a terminal, a line every ten seconds. */
export function showProgress(
  phase: string,
  unit: string,
  total: number,
  { quiet }: { quiet: boolean },
): Progress {
  if (quiet) return { update: () => {}, stop: () => {} }
  const bar = new SingleBar(
    {
      format: `${phase} [{bar}] {value}/{total} ${unit} | {rate} ${unit}/s | {eta_formatted} left {note}`,
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 10_000,
      etaBuffer: 1000,
      hideCursor: false,
    },
    Presets.shades_classic,
  )
  let begun: number | undefined
  let first = 0
  bar.start(total, 0, { rate: '…', note: '' })
  return {
    update(done, note = '') {
      if (begun === undefined) [begun, first] = [performance.now(), done]
      const seconds = (performance.now() - begun) / 1000
      bar.update(done, {
        rate: done > first ? ((done - first) / seconds).toPrecision(3) : '…',
        note: note && `| ${note}`,
      })
    },
    stop: () => bar.stop(),
  }
}

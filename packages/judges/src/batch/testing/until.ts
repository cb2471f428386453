import { setTimeout as pause } from 'node:timers/promises'

/** Waits until something is so, however long that takes. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(1)
}

import { readFile } from 'node:fs/promises'

/** Words of a process's line in `/proc` after its name, which may have spaces: the state is the first of them. */
const stateAt = 0
const startAt = 19

/** A process that has ended and that nobody has asked about yet. */
const ended = new Set(['Z', 'X'])

let boot: Promise<string> | undefined

/**
 * What tells a process from all others that have or had its number: when it started, and since which start of the machine.
 * It is that of the process in all its threads, whatever is done to the clock. `ended` for one that has ended but is still
 * listed; undefined where the system does not say.
 */
export async function startOf(pid: number): Promise<string | undefined> {
  try {
    boot ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const line = await readFile(`/proc/${pid}/stat`, 'utf8')
    const words = line.slice(line.lastIndexOf(')') + 2).split(' ')
    if (ended.has(words[stateAt] ?? '')) return 'ended'
    return words[startAt] && `${(await boot).trim()}/${words[startAt]}`
  } catch {
    return undefined
  }
}

/** Whether there is a process of this number. Signal 0 is never delivered; one of another user answers that it may not be. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

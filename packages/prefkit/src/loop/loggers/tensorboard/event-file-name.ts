const eventFile = /^events\.out\.tfevents\.(\d+)\./

/**
 * The name of a new event file in a directory of these files. TensorBoard reads the files of a directory by the order
 * of their names, so it is after theirs, also where the clock was set back or two sessions began within a second.
 *
 * @param now - Milliseconds since 1970.
 */
export function eventFileName(existing: readonly string[], now: number): string {
  const latest = existing.reduce((most, name) => Math.max(most, Number(eventFile.exec(name)?.[1] ?? -1)), -1)
  const seconds = Math.max(Math.floor(now / 1000), latest + 1)
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.prefkit`
}

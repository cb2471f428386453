/** Prints text for people on standard output. */
export const printText = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Prints a value for machines: one line of JSON on standard output. */
export const printJson = (value: unknown): void => printText(JSON.stringify(value))

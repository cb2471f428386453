/** The command that this process was started with, to copy into a shell. */
export const shellCommand = (args: readonly string[] = process.argv.slice(2)): string =>
  ['prefkit', ...args].map(quote).join(' ')

const quote = (word: string): string =>
  /^[\w./:,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

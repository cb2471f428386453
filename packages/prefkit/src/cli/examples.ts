/** The part of a help text that shows commands to copy. */
export const examples = (commands: readonly string[]): string =>
  `\nExamples:\n${commands.map((command) => `  $ ${command}`).join('\n')}\n`

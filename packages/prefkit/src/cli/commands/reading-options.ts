import type { Command } from 'commander'

/** Adds the options that say how files of comparisons are read. */
export const addReadingOptions = (command: Command, dialectFlag = '--dialect <name>'): Command =>
  command
    .option(dialectFlag, 'layout of the rows (default: detected)')
    .option('--texts <file>', 'the texts of rows that name their responses by id')
    .option(
      '--labels <coding>',
      'what labels of 0, 1 and 2 mean: tie-first-second, first-second or second-first',
    )

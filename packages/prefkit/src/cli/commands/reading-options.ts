import { type Command, Option } from 'commander'
import { dialectChoices, labelChoices } from '../choices'

/** Adds the options that say how files of comparisons are read. */
export const addReadingOptions = (command: Command, dialectFlag = '--dialect <name>'): Command =>
  command
    .addOption(new Option(dialectFlag, 'layout of the rows (default: detected)').choices(dialectChoices))
    .option('--texts <file>', 'the texts of rows that name their responses by id')
    .addOption(new Option('--labels <coding>', 'what labels of 0, 1 and 2 mean').choices(labelChoices))

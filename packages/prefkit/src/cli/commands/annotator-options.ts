import { type Command, Option } from 'commander'
import { annotatorNames } from '../../noise/design-names'
import { parseNumber, parseParameters, parsePerAnnotator } from '../parse-values'

/** Adds the options that say what annotators are like: one number for all of them, or one for each by commas. */
export const addAnnotatorOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--annotator-model <name>', 'how answers follow the difference of scores')
        .choices(annotatorNames)
        .default('logistic'),
    )
    .option(
      '--quality <expression>',
      'P(correct) as a formula of delta, such as "0.5 + 0.5*tanh(beta*delta/2)"; needs --annotator-model expression',
    )
    .option('--parameters <numbers>', 'numbers that --quality names, such as k=3,floor=0.1', parseParameters)
    .option('--ties <threshold>', 'perceived differences up to this are called a tie', parsePerAnnotator)
    .option('--position-bias <strength>', 'what being shown first is worth', parsePerAnnotator)
    .option('--length-bias <strength>', 'what a response e times as long is worth more', parsePerAnnotator)
    .option(
      '--self-preference <strength>',
      'what one’s own response is worth (column author)',
      parsePerAnnotator,
    )
    .option('--personal-bias <scale>', 'how far annotators differ in taste', parseNumber)
    .option('--cycles <strength>', 'preferences in circles of three responses', parsePerAnnotator)
    .option('--ability <factor>', 'factor on the difference, by annotator: 1,0.5,0', parsePerAnnotator)
    .option('--fatigue <labels>', 'labels after which half of the ability is lost', parsePerAnnotator)
    .option('--flip <rate>', 'share of decided answers flipped at random', parsePerAnnotator)
    .option(
      '--worst-case <share>',
      'share of pairs, the clearest, that are always answered wrongly',
      parseNumber,
    )

import type { Command } from 'commander'
import { addLmInfo } from './lm-info'

/** Adds `prefkit lm` and its commands. */
export function addLm(program: Command): void {
  const lm = program
    .command('lm')
    .description('language models on this machine: generate, score, fine-tune, merge, chat')
  addLmInfo(lm)
}

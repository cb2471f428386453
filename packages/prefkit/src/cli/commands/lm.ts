import type { Command } from 'commander'
import { addLmChat } from './lm-chat'
import { addLmGenerate } from './lm-generate'
import { addLmInfo } from './lm-info'
import { addLmLogprobs } from './lm-logprobs'

/** Adds `prefkit lm` and its commands. */
export function addLm(program: Command): void {
  const lm = program
    .command('lm')
    .description('language models on this machine: generate, score, fine-tune, merge, chat')
  addLmGenerate(lm)
  addLmLogprobs(lm)
  addLmChat(lm)
  addLmInfo(lm)
}

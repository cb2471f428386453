import type { Command } from 'commander'
import { addLmChat } from './lm-chat'
import { addLmGenerate } from './lm-generate'
import { addLmInfo } from './lm-info'
import { addLmLogprobs } from './lm-logprobs'
import { addLmMerge } from './lm-merge'
import { addLmSft } from './lm-sft'

/** Adds `prefkit lm` and its commands. */
export function addLm(program: Command): void {
  const lm = program
    .command('lm')
    .description('language models on this machine: generate, score, fine-tune, merge, chat')
  addLmGenerate(lm)
  addLmChat(lm)
  addLmLogprobs(lm)
  addLmSft(lm)
  addLmMerge(lm)
  addLmInfo(lm)
}

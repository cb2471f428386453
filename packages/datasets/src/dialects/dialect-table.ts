import type { Dialect } from './dialect'
import { helpsteer } from './helpsteer'
import { hh } from './hh'
import { hhContinuation } from './hh-continuation'
import { kto } from './kto'
import { openaiDpo } from './openai-dpo'
import { pairwise } from './pairwise'
import { pairwiseById } from './pairwise-by-id'
import { rewardbench } from './rewardbench'
import { rmBench } from './rm-bench'
import { trl } from './trl'
import { trlConversational } from './trl-conversational'
import { trlConversationalImplicit } from './trl-conversational-implicit'
import { trlImplicit } from './trl-implicit'
import { ultrafeedback } from './ultrafeedback'

/** The names of the dialects, as the option `dialect` takes them. */
export type DialectName =
  | 'rm-bench'
  | 'openai-dpo'
  | 'ultrafeedback'
  | 'trl-conversational'
  | 'trl-conversational-implicit'
  | 'rewardbench'
  | 'hh-continuation'
  | 'trl'
  | 'hh'
  | 'trl-implicit'
  | 'kto'
  | 'pairwise'
  | 'pairwise-by-id'
  | 'helpsteer'

/** Every dialect that is read. A row is of the first that detects it, so the more particular come first. */
export const dialectTable: Readonly<Record<DialectName, Dialect>> = {
  'rm-bench': rmBench,
  'openai-dpo': openaiDpo,
  ultrafeedback,
  'trl-conversational': trlConversational,
  'trl-conversational-implicit': trlConversationalImplicit,
  rewardbench,
  'hh-continuation': hhContinuation,
  trl,
  hh,
  'trl-implicit': trlImplicit,
  kto,
  pairwise,
  'pairwise-by-id': pairwiseById,
  helpsteer,
}

/** The names of the dialects, the more particular first. */
export const dialectNames = Object.keys(dialectTable) as readonly DialectName[]

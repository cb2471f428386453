import type { TaskKind } from '../open-benchmark'
import { checklists } from './checklists'
import type { ItemKind } from './item-kind'
import { lists } from './lists'
import { pairs } from './pairs'
import { prompts } from './prompts'
import { responses } from './responses'

/** What is done with items, by the kind of their task. */
export const itemKinds: Readonly<Record<TaskKind, ItemKind>> = {
  pairs,
  responses,
  lists,
  checklists,
  prompts,
}

import { chat } from './chat'
import { code } from './code'
import { factuality } from './factuality'
import { grounded } from './grounded'
import { instructionFollowing } from './instruction-following'
import { math } from './math'
import { reasoning } from './reasoning'
import { safety } from './safety'
import { summarisation } from './summarisation'
import type { TaskFamily } from './task-family'
import { toolUse } from './tool-use'
import { translation } from './translation'
import { writing } from './writing'

/** The kinds of task that this package has a primary rubric for, each in a file of its own. */
export const taskFamilies = {
  chat,
  code,
  math,
  safety,
  'instruction-following': instructionFollowing,
  reasoning,
  factuality,
  summarisation,
  writing,
  translation,
  grounded,
  'tool-use': toolUse,
} satisfies Record<string, TaskFamily>

/** The name of a task family. */
export type TaskFamilyName = keyof typeof taskFamilies

import type { DetectLanguage } from '../detect-language'
import type { InstructionArguments } from './arguments'

/** What checks need that this package does not have. */
export interface CheckTools {
  readonly detectLanguage: DetectLanguage | undefined
}

/** Whether a response follows an instruction. */
export type Check = (response: string, tools: CheckTools) => boolean

/** One of IFEval's instruction types. */
export interface Instruction {
  /** The names of its arguments. */
  readonly arguments: readonly string[]
  /** Reads them, once, and answers with the check. */
  readonly build: (given: InstructionArguments) => Check
}

/** An instruction type without arguments. */
export const withoutArguments = (check: Check): Instruction => ({ arguments: [], build: () => check })

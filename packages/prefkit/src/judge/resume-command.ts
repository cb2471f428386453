import type { RunDirectory } from '../runs/run-directory'
import { shellCommand } from '../shell-command'

/** The command that goes on with a run, to copy into a shell. */
export const resumeCommand = (command: string, { path }: RunDirectory): string =>
  shellCommand([...command.split(' '), '--resume', path])

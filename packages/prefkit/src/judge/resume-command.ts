import { shellCommand } from '../cli/shell-command'
import type { RunDirectory } from '../runs/run-directory'

/** The command that goes on with a run, to copy into a shell. */
export const resumeCommand = (command: string, { path }: RunDirectory): string =>
  shellCommand([...command.split(' '), '--resume', path])

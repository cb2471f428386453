import { relative } from 'node:path'
import type { PlanConfig } from '../noise/plan-config'
import { shellCommand } from '../shell-command'

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${value}`
  if (Array.isArray(value)) return value.join(',')
  return Object.entries(value)
    .map(([name, inner]) => `${name}=${inner}`)
    .join(',')
}

/** A file as it is called from here, or its whole path where it is in another folder. */
function fileName(file: string, folder: string): string {
  const path = relative(folder, file)
  return path.startsWith('..') ? file : path
}

/**
 * The command that makes a plan again, from its configuration: a run that was resumed was not begun by the command that
 * ended it.
 */
export function planCommand(config: PlanConfig, folder: string = process.cwd()): string {
  const { files, population, annotator, ...rest } = config
  const { annotator: annotatorModel, ...traits } = annotator
  const { responses, utilities, between, features } = population
  const drawn = files.length > 0 ? {} : { responses, utilities, between, features }
  const settings: Readonly<Record<string, unknown>> = { ...drawn, ...rest, annotatorModel, ...traits }
  const options = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined || textOf(value) === '' ? [] : [`--${kebab(name)}`, textOf(value)],
  )
  return shellCommand(['noise', 'plan', ...files.map((file) => fileName(file, folder)), ...options])
}

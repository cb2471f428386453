import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSafetensors, writeSafetensors } from '@prefkit/nn/files'
import type { Weights } from '../models/weights'
import { translated } from './translate-error'

/** Where LLaMA-Factory keeps a value head beside a model or an adapter, in TRL's names. */
const fileName = 'value_head.safetensors'

/** The value head in a directory; nothing where there is none. */
export async function readValueHead(directory: string): Promise<Weights> {
  const path = join(directory, fileName)
  if (!existsSync(path)) return {}
  return (await translated(() => readSafetensors(path))).tensors
}

/** Writes a value head where there is one. */
export async function writeValueHead(directory: string, head: Weights): Promise<void> {
  if (Object.keys(head).length === 0) return
  await writeSafetensors(join(directory, fileName), head, { metadata: { format: 'pt' } })
}

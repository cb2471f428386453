import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCheckpoint, saveCheckpoint } from '../../packages/lm/dist/files/index.js'
import type { Checkpoint } from '../../packages/lm/dist/index.js'
import { lora } from './cases.ts'
import { writeAdapter } from './inputs.ts'
import { writeGguf } from './write-gguf.ts'

/** One model in the formats of all peers, with the same weights. */
export interface ModelFiles {
  readonly checkpoint: Checkpoint
  /** A directory of Hugging Face, f32. */
  readonly directory: string
  readonly ggufs: Readonly<Record<'f32' | 'f16', string>>
  /** An adapter in PEFT's layout. */
  readonly adapter: string
}

/** Lets `use` have the model in all formats; what is written for that, 1.4 GB of SmolLM2-135M, is removed afterwards. */
export async function withModelFiles<Result>(
  path: string,
  use: (files: ModelFiles) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'prefkit-bench-lm-'))
  try {
    const given = await loadCheckpoint(path)
    const directory = join(folder, 'hugging-face')
    await saveCheckpoint(directory, given)
    await given.close()
    const checkpoint = await loadCheckpoint(directory)
    const ggufs = { f32: join(folder, 'f32.gguf'), f16: join(folder, 'f16.gguf') }
    await writeGguf(ggufs.f32, checkpoint, 'f32')
    await writeGguf(ggufs.f16, checkpoint, 'f16')
    const adapter = join(folder, 'adapter')
    await writeAdapter(adapter, checkpoint, lora, 0.01)
    try {
      return await use({ checkpoint, directory, ggufs, adapter })
    } finally {
      await checkpoint.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

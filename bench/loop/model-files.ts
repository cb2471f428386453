import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadCheckpoint, saveCheckpoint } from '../../packages/lm/dist/files/index.js'
import { writeAdapter } from '../lm/inputs.ts'
import { type LoopCase, loopLora } from './cases.ts'

/** What the peers read, and where they write. */
export interface LoopFiles {
  /** For records. */
  readonly folder: string
  /** A directory of Hugging Face, f32. */
  readonly model: string
  /** With what policy and critic begin, in PEFT's layout. */
  readonly adapters: Readonly<Record<LoopCase['name'], string>>
}

/** Lets `use` have the model and its adapters; what is written for that, 0.6 GB of SmolLM2-135M, is removed afterwards. */
export async function withLoopFiles<Result>(
  path: string,
  use: (files: LoopFiles) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'prefkit-bench-loop-'))
  const model = join(folder, 'hugging-face')
  // TRL's reference is the adapter that GRPO begins with, and the model without any for PPO.
  const adapters = { grpo: join(folder, 'grpo'), ppo: join(folder, 'ppo') }
  try {
    const checkpoint = await loadCheckpoint(path)
    try {
      await saveCheckpoint(model, checkpoint)
      await writeAdapter(adapters.grpo, checkpoint, loopLora, 0.003)
      await writeAdapter(adapters.ppo, checkpoint, loopLora, 0)
    } finally {
      await checkpoint.close()
    }
    return await use({ folder, model, adapters })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

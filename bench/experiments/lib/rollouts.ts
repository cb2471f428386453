import { readFile, writeFile } from 'node:fs/promises'
import {
  type LoopPrompt,
  type LoopResponse,
  policyRollouts,
} from '../../../packages/prefkit/src/loop/index.ts'
import type { Context } from './context.ts'

/** Responses of each prompt. */
export type ResponsesByPrompt = readonly (readonly LoopResponse[])[]

/** Responses that the model gives before it has learnt anything, drawn once. */
export async function baseResponses(
  { world, store }: Context,
  prompts: readonly LoopPrompt[],
  { n, seed }: { readonly n: number; readonly seed: number },
): Promise<ResponsesByPrompt> {
  const { modelName, sampling } = world
  const settings = { modelName, sampling, prompts: prompts.map(({ id }) => id), n, seed }
  const path = await store.artefact('responses', settings, async (to) => {
    const policy = world.policy()
    const drawn = await policyRollouts(policy).draw({ prompts, n, sampling, seed })
    await policy.release()
    const own = drawn.map(({ text, tokens }) => ({ text, tokens }))
    await writeFile(to, JSON.stringify(prompts.map((_, i) => own.slice(i * n, (i + 1) * n))))
  })
  // Written above.
  return JSON.parse(await readFile(path, 'utf8')) as ResponsesByPrompt
}

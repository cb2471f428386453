import { readFile, writeFile } from 'node:fs/promises'
import { generateText, localPolicy } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'
import { parseRubricList, type Rubric, renderRubrics } from '@prefkit/rubrics'
import {
  judgeTemplate,
  type LoopPrompt,
  pairwiseModelScorer,
} from '../../../packages/prefkit/src/loop/index.ts'
import { goldenPairs } from './comparisons.ts'
import type { Context } from './context.ts'
import { generatedRubric, type RubricArm, shownRubrics } from './rubric-arms.ts'
import { modelNameOf } from './world.ts'

/** What a model of instructions says of pairs, by golden reward. */
export interface RealOutcome {
  readonly pairs: number
  /** Decided rightly by both orders together; a half for each tie. */
  readonly right: number
  /** Decided rightly where the better response is shown first, and second. */
  readonly front: number
  readonly back: number
  /** Criteria that could be read of what it generated, a prompt; undefined where none are shown. */
  readonly criteria?: number
}

const question = ({ text }: LoopPrompt): string => `Go on with the story: ${text}`

const asked = (prompt: LoopPrompt): string =>
  `${question(prompt)}\n\nBefore answers to this are judged: name up to three criteria for a good one. Answer with a numbered list, each line as "1. Name: what to look at".`

type Judge = Awaited<ReturnType<typeof loadLanguageModel>>

/** Criteria that the judge itself names for a prompt; none where nothing can be read. */
async function generateRubrics(judge: Judge, prompt: LoopPrompt): Promise<Rubric[]> {
  const chat = [{ role: 'user', content: asked(prompt) }]
  const [answer] = await generateText(judge, [chat], { maxNewTokens: 96, temperature: 0 })
  const parsed = parseRubricList(answer!.text, { min: 1, max: 3 })
  if (!('value' in parsed)) return []
  return parsed.value.map(({ name, description }) => generatedRubric(name, description))
}

/** Criteria by the id of their prompt, generated once for all that is shown them. */
async function criteriaOf(
  { store, judgePath }: Context,
  judge: Judge,
  prompts: readonly LoopPrompt[],
): Promise<Readonly<Record<string, readonly Rubric[]>>> {
  const settings = { judge: modelNameOf(judgePath!), prompts: prompts.map(({ id }) => id) }
  const path = await store.artefact('criteria', settings, async (to) => {
    const own: [string, Rubric[]][] = []
    for (const prompt of prompts) own.push([prompt.id, await generateRubrics(judge, prompt)])
    await writeFile(to, JSON.stringify(Object.fromEntries(own)))
  })
  // Written above.
  return JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, readonly Rubric[]>>
}

const showsGenerated = (arm: RubricArm): boolean => arm === 'generated only' || arm === 'both'

/** A real model as a judge of pairs that differ clearly, shown some rubrics. */
export async function realJudge(context: Context, arm: RubricArm): Promise<RealOutcome> {
  const { world, judgePath } = context
  if (judgePath === undefined) throw new Error('--judge: expected a model of instructions, got none')
  const { heldOut } = world.size.comparisons
  const clearest = (await goldenPairs(context, heldOut))
    .map((pair) => ({ pair, delta: world.golden(pair.chosen) - world.golden(pair.rejected) }))
    .sort((a, b) => b.delta - a.delta)
    .slice(0, world.size.rubrics.realPairs)
  const judge = await loadLanguageModel(judgePath)
  const policy = localPolicy(judge)
  const prompts = [...new Map(clearest.map(({ pair: { prompt } }) => [prompt.id, prompt])).values()]
  const criteria = showsGenerated(arm) ? await criteriaOf(context, judge, prompts) : {}
  const answers: { front: number; back: number }[] = []
  for (const { pair } of clearest) {
    const { prompt, chosen, rejected } = pair
    const rubrics = shownRubrics(arm, criteria[prompt.id] ?? [])
    const rule = rubrics.length === 0 ? {} : { rule: `Judge by these criteria:\n${renderRubrics(rubrics)}` }
    const scorer = pairwiseModelScorer(policy, judgeTemplate(judge, rule))
    const shown = { ...prompt, text: question(prompt) }
    const [front, second] = await scorer.firstWins([
      { prompt: shown, first: chosen, second: rejected },
      { prompt: shown, first: rejected, second: chosen },
    ])
    answers.push({ front: front!, back: 1 - second! })
  }
  await policy.release()
  await judge.release()
  const count = (of: (answer: { front: number; back: number }) => number): number =>
    answers.reduce((sum, answer) => sum + of(answer), 0)
  return {
    pairs: answers.length,
    right: count(({ front, back }) => (Math.sign(front + back - 1) + 1) / 2),
    front: count(({ front }) => Number(front > 0.5)),
    back: count(({ back }) => Number(back > 0.5)),
    ...(showsGenerated(arm) && {
      criteria: Object.values(criteria).flat().length / prompts.length,
    }),
  }
}

import { type ScoreJudgement, scoreAll } from '@prefkit/judges'
import { ratingFormat } from '@prefkit/rubrics'
import { createScoringJudge } from '../../judge/create-judge'
import type { JudgeConfig, ScoreAsking } from '../../judge/judge-config'
import { type ItemReading, type ItemResult, unread } from '../item-result'
import { concluded, type ItemKind, isNumber, isText, optional } from './item-kind'

const says = (score: number | null | undefined): string =>
  isNumber(score) ? `scores ${Number(score.toPrecision(6))}` : unread

const scored = (score: number | undefined, texts: readonly (string | undefined)[]): ItemResult => ({
  outcome: score ?? null,
  readings: texts.map((text): ItemReading => ({ says: says(score), text })),
  ...(score === undefined && { error: unread }),
})

const conclude = ({ score, readings, usage }: ScoreJudgement): ItemResult => ({
  ...scored(
    score,
    readings.map(({ text }) => text),
  ),
  usage,
})

function scoreOfText(text: string, item: { readonly prompt: ScoredPrompt; readonly response: string }) {
  const parsed = ratingFormat().parse(text, item, { cutOff: false })
  return parsed.status === 'exact' || parsed.status === 'recovered' ? parsed.value.score : undefined
}

type ScoredPrompt = Parameters<ReturnType<typeof ratingFormat>['parse']>[1]['prompt']

/** Responses to score. */
export const responses: ItemKind = {
  async judge(items, config, around, batch) {
    const judge = await createScoringJudge(config as JudgeConfig<ScoreAsking>, around)
    const asked = items.map(({ id, prompt, response }) => ({ id, prompt, response: response! }))
    return { judge: judge.name, results: concluded(scoreAll(judge, asked, batch), conclude) }
  },
  read(row, { prompt, response }) {
    const score = optional(row, 'score', isNumber, 'a finite number, or null')
    const text = optional(row, 'text', isText, 'the text that a judge wrote')
    const none = score === undefined && text === undefined && row.value.error === undefined
    if (none) row.refuse('score', 'is missing, as is text')
    const found = score ?? (isText(text) ? scoreOfText(text, { prompt, response: response! }) : undefined)
    return scored(found ?? undefined, [text ?? undefined])
  },
  fields: ({ outcome }) => ({ score: outcome }),
}

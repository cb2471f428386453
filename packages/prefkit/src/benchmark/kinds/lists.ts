import { type ListJudgement, rankAll } from '@prefkit/judges'
import { type ListItem, listwiseFormat } from '@prefkit/rubrics'
import { createRankingJudge } from '../../judge/create-judge'
import type { JudgeConfig, ListAsking } from '../../judge/judge-config'
import { type ItemResult, unread } from '../item-result'
import type { BenchmarkItem } from '../open-benchmark'
import { concluded, type ItemKind, isText, optional } from './item-kind'

const says = (choice: number | undefined): string =>
  choice === undefined ? unread : `prefers response ${choice + 1}`

const chosen = (choice: number | undefined, texts: readonly (string | undefined)[]): ItemResult => ({
  outcome: choice ?? null,
  readings: texts.map((text) => ({ says: says(choice), text })),
  ...(choice === undefined && { error: unread }),
})

const conclude = ({ ranking, readings, usage }: ListJudgement): ItemResult => ({
  ...chosen(ranking?.[0], []),
  readings: readings.map((reading) => ({
    says: reading.ranking ? says(reading.ranking[0]) : (reading.reason ?? unread),
    text: reading.text,
  })),
  usage,
})

const listOf = ({ prompt, responses }: BenchmarkItem): ListItem => ({ prompt, responses: responses! })

function choiceOfText(text: string, list: ListItem): number | undefined {
  const parsed = listwiseFormat().parse(text, list)
  return parsed.status === 'exact' || parsed.status === 'recovered' ? parsed.value.ranking[0] : undefined
}

/** Lists of which the best response is to be named. */
export const lists: ItemKind = {
  async judge(items, config, around, batch) {
    const judge = await createRankingJudge(config as JudgeConfig<ListAsking>, around)
    const asked = items.map((item) => ({ id: item.id, ...listOf(item) }))
    return { judge: judge.name, results: concluded(rankAll(judge, asked, batch), conclude) }
  },
  read(row, item) {
    const list = listOf(item)
    const isChoice = (found: unknown): found is number =>
      Number.isInteger(found) && Number(found) >= 0 && Number(found) < list.responses.length
    const isRanking = (found: unknown): found is number[] =>
      Array.isArray(found) && found.length > 0 && found.every(isChoice)
    const place = `a whole number from 0 to ${list.responses.length - 1}`
    const choice = optional(row, 'choice', isChoice, `${place}, or null`)
    const ranking = optional(row, 'ranking', isRanking, `a list, each ${place}, or null`)
    const text = optional(row, 'text', isText, 'the text that a judge wrote')
    const none = choice === undefined && ranking === undefined && text === undefined
    if (none && row.value.error === undefined) row.refuse('choice', 'is missing, as are ranking and text')
    const read = isText(text) ? choiceOfText(text, list) : undefined
    return chosen(choice ?? ranking?.[0] ?? read, [text ?? undefined])
  },
  fields: ({ outcome }) => ({ choice: outcome }),
}

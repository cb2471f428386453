import { type ChecklistJudge, type ChecklistJudgement, checkAll, checklistJudge } from '@prefkit/judges'
import { type ChecklistItem, checklistFormat } from '@prefkit/rubrics'
import { answeringModelOf, answeringNames } from '../../judge/answering-model'
import type { JudgeConfig } from '../../judge/judge-config'
import type { JudgeSurroundings } from '../../judge/judge-surroundings'
import { PrefkitError } from '../../prefkit-error'
import { type ItemResult, unread } from '../item-result'
import type { BenchmarkItem } from '../open-benchmark'
import { concluded, type ItemKind, isText, optional } from './item-kind'

type Answers = readonly (boolean | null)[]

const says = (answers: Answers): string =>
  answers.map((answer) => (answer === null ? '–' : answer ? 'yes' : 'no')).join(', ')

const answered = (
  answers: Answers | undefined,
  texts: readonly (string | undefined)[],
  error: unknown = unread,
): ItemResult => ({
  outcome: answers ?? null,
  readings: texts.map((text) => ({ says: answers ? says(answers) : unread, text })),
  ...(answers === undefined && { error: String(error) }),
})

/** A question counts as answered by most of the votes; as many for yes as for no leave it open. */
const majority = (share: number): boolean | null => (share === 0.5 ? null : share > 0.5)

const conclude = ({ satisfied, readings, usage }: ChecklistJudgement): ItemResult => ({
  ...answered(
    satisfied?.map(majority),
    readings.map(({ text }) => text),
  ),
  usage,
})

/** Only models answer checklists: a score or a comparison says nothing of a question. */
async function createChecklistJudge(config: JudgeConfig, around: JudgeSurroundings): Promise<ChecklistJudge> {
  const { judges, server, seed, asking } = config
  const named = judges.length === 1 ? answeringModelOf(judges[0]!) : undefined
  if (!named) {
    const message = `--judge: expected one ${answeringNames} to answer questions about responses, got ${judges.join(', ')}`
    throw new PrefkitError('INVALID_CONFIG', message)
  }
  const { chat } = await named.open(named.argument, config, around)
  const { votes, temperature } = asking
  return checklistJudge(chat, checklistFormat(), {
    votes,
    temperature,
    seed,
    ...(server.maxTokens !== undefined && { maxTokens: server.maxTokens }),
  })
}

const itemOf = ({ prompt, response, questions }: BenchmarkItem): ChecklistItem => ({
  prompt,
  response: response!,
  questions: questions!,
})

const isAnswer = (found: unknown): found is boolean | null => found === null || typeof found === 'boolean'

function answersOfText(text: string, item: ChecklistItem): Answers | undefined {
  const parsed = checklistFormat().parse(text, item)
  return parsed.status === 'exact' || parsed.status === 'recovered' ? parsed.value.satisfied : undefined
}

/** Responses with yes/no questions about each. */
export const checklists: ItemKind = {
  async judge(items, config, around, batch) {
    const judge = await createChecklistJudge(config, around)
    const asked = items.map((item) => ({ id: item.id, ...itemOf(item) }))
    return { judge: judge.name, results: concluded(checkAll(judge, asked, batch), conclude) }
  },
  read(row, item) {
    const count = item.questions!.length
    const isAnswers = (found: unknown): found is (boolean | null)[] =>
      Array.isArray(found) && found.length === count && found.every(isAnswer)
    const answers = optional(row, 'answers', isAnswers, `${count} answers, each true, false or null`)
    const text = optional(row, 'text', isText, 'the text that a judge wrote')
    const none = answers === undefined && text === undefined && row.value.error === undefined
    if (none) row.refuse('answers', 'is missing, as is text')
    const read = isText(text) ? answersOfText(text, itemOf(item)) : undefined
    return answered(answers ?? read, [text ?? undefined], row.value.error ?? unread)
  },
  fields: ({ outcome }) => ({ answers: outcome }),
}

import type { CriterionScore, ScoreAnswer } from '../answers'
import { checkOptions } from '../check-options'
import type { ParseContext } from '../judge-format'
import { mapParsed, type Parsed } from '../parsed'
import { checkContext, checkLabels, checkScale } from './check-parse-options'
import { escaped } from './escaped'
import { finalText } from './final-text'
import { freeScore } from './free-score'
import { type JsonBlock, jsonBlocks } from './json-blocks'
import { ambiguous, amiss, type Found, missing, say, settle, unfinished, unlessCut } from './outcomes'
import { unquoted } from './quotations'
import { longerScores, readScore, type ScoreReading, type ScoreScale } from './read-score'

/** Options of {@link parseJsonScore}. */
export interface JsonScoreOptions extends ParseContext {
  /** The least and the greatest score. */
  readonly scale: ScoreScale
  /** The field that has the score. Default: `score`. */
  readonly field?: string
  /**
   * Criteria whose scores were asked for too, as an object of scores by name in the field `criteria`, or a list of
   * `{ name, score }`. Default: none. One that is missing makes the answer recovered.
   */
  readonly criteria?: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const synonyms = ['score', 'rating', 'grade', 'final_score', 'overall_score', 'finalscore', 'overallscore']

function fieldsOf(value: Fields, field: string): string[] {
  if (Object.hasOwn(value, field)) return [field]
  const alike = Object.keys(value).filter((name) => name.toLowerCase() === field.toLowerCase())
  if (alike.length > 0) return alike
  return Object.keys(value).filter((name) => synonyms.includes(name.toLowerCase().replace(/[\s-]/g, '_')))
}

const nothing: ScoreReading = { scores: [], refused: [], repairs: [] }

function readValue(value: unknown, scale: ScoreScale): ScoreReading {
  if (typeof value === 'string') {
    const reading = readScore(value, scale)
    return { ...reading, repairs: [...reading.repairs, 'the score is a string'] }
  }
  if (typeof value !== 'number') return nothing
  const within = value >= scale.min && value <= scale.max
  return within ? { ...nothing, scores: [value] } : { ...nothing, refused: [String(value)] }
}

function criteriaOf(value: Fields, criteria: readonly string[], scale: ScoreScale) {
  const listed: unknown = value.criteria ?? value.scores
  const entries: [unknown, unknown][] = Array.isArray(listed)
    ? listed.filter(isObject).map((entry) => [entry.name ?? entry.criterion, entry.score ?? entry.rating])
    : Object.entries(isObject(listed) ? listed : value)
  const read = criteria.map((name) => {
    const given = entries.filter(
      ([key]) => typeof key === 'string' && key.toLowerCase() === name.toLowerCase(),
    )
    const scores = given.flatMap(([, score]) => {
      const own = isObject(score) ? score.score : score
      const { scores, refused } = readValue(own, scale)
      return refused.length === 0 ? scores : []
    })
    return { name, score: new Set(scores).size === 1 ? scores[0] : undefined }
  })
  return {
    found: read.flatMap(({ name, score }): CriterionScore[] =>
      score === undefined ? [] : [{ name, score }],
    ),
    repairs: read.flatMap(({ name, score }) => (score === undefined ? [`no score of ${name}`] : [])),
  }
}

/** What a field has each time that it is written: JSON.parse keeps the last and says nothing of the others. */
const allWritten = (text: string, field: string): string[] =>
  Array.from(
    text.matchAll(new RegExp(`"${escaped(field)}"[ ]{0,3}:[ ]{0,3}"?([-\\d.,/]{0,20})`, 'g')),
    (match) => match[1]!,
  )

function countFields(value: unknown, field: string): number {
  const pending: unknown[] = [value]
  let count = 0
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next !== 'object' || next === null) continue
    if (!Array.isArray(next) && Object.hasOwn(next, field)) count++
    for (const inner of Object.values(next)) pending.push(inner)
  }
  return count
}

interface Score extends Found<ScoreAnswer> {
  readonly block: JsonBlock
}

/** What one JSON value says; `fields` are those that should have a score. */
interface BlockScores {
  readonly scores: readonly Score[]
  readonly refused: readonly string[]
  readonly fields: readonly string[]
}

function scoresOf(block: JsonBlock, options: JsonScoreOptions): BlockScores {
  const { scale, field = 'score', criteria = [] } = options
  if (!isObject(block.value)) return { scores: [], refused: [], fields: [] }
  const value = block.value
  const fields = fieldsOf(value, field)
  const readings = fields.map((name) => ({ name, ...readValue(value[name], scale) }))
  const parts = criteriaOf(value, criteria, scale)
  return {
    fields,
    refused: readings.flatMap(({ refused }) => refused),
    scores: readings.flatMap(({ name, scores, repairs }) =>
      scores.map((score) => ({
        block,
        value: parts.found.length === 0 ? { score } : { score, criteria: parts.found },
        repairs: [
          ...block.repairs,
          ...(name === field ? [] : [`the field ${field} is called ${name}`]),
          ...repairs,
          ...parts.repairs,
        ],
      })),
    ),
  }
}

function withoutJson(
  text: string,
  { scale, cutOff, field = 'score' }: JsonScoreOptions,
): Parsed<ScoreAnswer> {
  const repair = 'there is no JSON with a score'
  const said = unquoted(text)
  const free = amiss(
    freeScore(said.text, scale, repair, cutOff === false),
    [repair, ...said.repairs],
    [field],
  )
  return unlessCut(
    mapParsed(free, (score) => ({ score })),
    cutOff,
  )
}

/**
 * The score in the JSON that a judge wrote: `{"score": 8}`. Exact when the text is that and nothing else. Recovered when it
 * is in a code block or among other text, broken (mended by jsonrepair), the score a string, or the field called
 * otherwise; and when the score is said in words only. Otherwise as `parseTaggedScore`.
 *
 * @throws RubricError `INVALID_OPTION`, `OUT_OF_RANGE` for options; nothing for any text.
 */
export function parseJsonScore(text: string, options: JsonScoreOptions): Parsed<ScoreAnswer> {
  checkOptions('parseJsonScore', options, { scale: true, field: true, criteria: true, cutOff: true })
  checkScale(options.scale)
  if (options.criteria !== undefined) checkLabels('criteria', options.criteria)
  checkContext(options)
  const { scale, field = 'score', cutOff } = options
  const final = finalText(text)
  if (final.unfinished) return unfinished()
  const blocks = jsonBlocks(final.text, '{')
  const read = blocks.map((block) => scoresOf(block, options))
  const scores = read.flatMap((each) => each.scores)
  const refused = read.flatMap((each) => each.refused)
  const outside = `${field} is ${say(refused)}; expected a score from ${scale.min} to ${scale.max}`
  if (scores.length === 0) {
    if (refused.length > 0) return missing('invalid', outside)
    const unread = read.some(({ fields }) => fields.length > 0)
    return unread ? missing('invalid', `the field ${field} has no score`) : withoutJson(final.text, options)
  }
  if (refused.length > 0)
    return ambiguous(
      scores.map(({ value }) => value),
      outside,
    )
  const counted = blocks.reduce((count, { value }) => count + countFields(value, field), 0)
  const all = scores.map(({ value }) => value)
  const written = allWritten(final.text, field)
  if (written.length > counted) {
    const others = written.flatMap((each) => readScore(each.replace(/,$/, ''), scale).scores)
    const candidates = [
      ...all,
      ...others.filter((score) => all.every((each) => each.score !== score)).map((score) => ({ score })),
    ]
    return ambiguous(candidates, `the field ${field} is written twice`)
  }
  const cut = scores.find(
    ({ block }) => block.open && cutOff !== false && block.end === final.text.trimEnd().length,
  )
  if (cut !== undefined && cutOff === true) return missing('cut-off', 'the text ends within the JSON')
  const longer = cut === undefined ? [] : longerScores(final.text.trimEnd(), scale)
  if (longer.length > 0) {
    return ambiguous([...all, ...longer.map((score) => ({ score }))], 'the text ends within the JSON')
  }
  const settled = settle(scores, 'scores')
  return cut === undefined ? settled : amiss(settled, ['the JSON is cut off'])
}

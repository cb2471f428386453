import type { CriterionScore } from '../answers'
import { readScore, type ScoreScale } from './read-score'

const LONGEST_LINE = 400

/** A line's beginning without what lists and emphasis put before it. */
const bare = (line: string) => line.replace(/^[\s|>#*_\-•"'`]*(?:\d{1,2}[.)]\s*)?[\s*_"'`]*/, '')

const separator = /^[\s*_"'`]*(?:\([^()\n]{0,40}\)[\s*_]*)?(?:[:=|\-–—]|score\b|is\b)/i

const beforeScore = /^[\s*_"'`]*(?:\([^()\n]{0,40}\))?[\s*_"'`:=|–—-]*/

/** The one score that a line gives to the criterion `name`; undefined where there is none, or several. */
function scoreInLine(line: string, name: string, scale: ScoreScale): number | undefined {
  const start = bare(line.slice(0, LONGEST_LINE))
  if (!start.toLowerCase().startsWith(name.toLowerCase())) return undefined
  const rest = start.slice(name.length)
  if (!separator.test(rest)) return undefined
  const { scores, refused } = readScore(rest.replace(beforeScore, ''), scale)
  return scores.length === 1 && refused.length === 0 ? scores[0] : undefined
}

/** Scores by criterion, from lines such as `- **Clarity**: 7/10`, with what is missing or said twice. */
export function criterionScores(
  text: string,
  criteria: readonly string[],
  scale: ScoreScale,
): { found: CriterionScore[]; repairs: string[] } {
  if (criteria.length === 0) return { found: [], repairs: [] }
  const lines = text.split('\n')
  const read = criteria.map((name) => ({
    name,
    scores: [...new Set(lines.flatMap((line) => scoreInLine(line, name, scale) ?? []))],
  }))
  return {
    found: read.flatMap(({ name, scores }) => (scores.length === 1 ? [{ name, score: scores[0]! }] : [])),
    repairs: read.flatMap(({ name, scores }) => {
      if (scores.length === 1) return []
      return [scores.length === 0 ? `no score of ${name}` : `scores of ${name} that contradict each other`]
    }),
  }
}

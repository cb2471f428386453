import { readRunData } from '../report/loop/read-run-data'
import type { RunData } from '../report/loop/run-data'
import { accuracySentences } from '../report/loop/run-summary'
import { courseCells, coursesOf, measuredOn } from '../report/loop/sections/result-section'
import { formatTable } from './format-table'

/** Spaces and minus signs that are on keyboards. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll('−', '-')

/** The policy on prompts that it did not learn from: first and last, each with its interval. */
function policyLines(run: RunData): string[] {
  const measured = coursesOf(run).flatMap(({ outcome, course }) => {
    const on = measuredOn(course)
    return on === undefined ? [] : [{ on, when: course.when, cells: courseCells(outcome, course) }]
  })
  const [first] = measured
  if (!first) return []
  const [before, after] = first.when
  const heads = ['', before, '95 %', after, '95 %', 'change', '95 %']
  const table = formatTable([heads, ...measured.map(({ cells }) => cells)])
  return [`${first.on}; intervals are over prompts, changes of shares in points`, ...table.split('\n')]
}

/** What a run came to, in lines: how well what judges decides comparisons that are held out, and the policy before and after. */
function outcomeLines(run: RunData): string[] {
  const parts = [accuracySentences(run), policyLines(run)].filter((part) => part.length > 0)
  return parts.flatMap((part) => ['', ...part.map(plain)])
}

/** The same of the run in a directory. */
export const outcomeLinesOf = async (path: string): Promise<string[]> => outcomeLines(await readRunData(path))

import type { SampleRow } from '../../../loop/run/driver/run-event'
import { escapeHtml } from '../../escape-html'
import { formatDecimal, formatPercent } from '../../format-number'
import { sectionHtml } from '../../html-parts'
import { behindWarning, textBlock } from '../../text-block'
import { diffBlock } from '../diff-block'
import { evaluationsOf } from '../evaluations'
import type { RunData } from '../run-data'

/** Responses to a prompt as the policy learns. */
interface PromptCourse {
  /** Why it is shown. */
  readonly why: string
  readonly rows: readonly { readonly label: string; readonly row: SampleRow }[]
}

/** Responses of a prompt that are shown, at most. */
const shownSteps = 4
/** Prompts that are shown of each kind. */
const shownOfKind = 2
/** Responses that are shown where no prompt comes twice. */
const shownOnce = 6

/** So many of a list, evenly over it, its ends among them. */
export function spread<Item>(items: readonly Item[], count: number): Item[] {
  if (items.length <= count) return [...items]
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!)
}

interface LabelledRow {
  readonly label: string
  readonly row: SampleRow
}

/** The first response to each prompt at each time. */
function coursesOf(rows: readonly LabelledRow[]): LabelledRow[][] {
  const courses = Map.groupBy(rows, ({ row }) => row.promptId)
  return [...courses.values()].map((course) =>
    course.filter(({ label }, i) => course.findIndex((other) => other.label === label) === i),
  )
}

/** What a course has gained; undefined where its first or last response has no reward. */
function riseOf(course: readonly LabelledRow[]): number | undefined {
  const [first, last] = [course[0]!.row.reward, course.at(-1)!.row.reward]
  return first === null || last === null ? undefined : last - first
}

/** Prompts whose reward rose most, fell most (or rose least), and those in the middle. */
function tellingCourses(courses: readonly LabelledRow[][]): PromptCourse[] {
  const known = courses.flatMap((course) => {
    const rise = riseOf(course)
    return rise === undefined ? [] : [{ course, rise }]
  })
  // Without rewards there is no telling which are worth a look.
  if (known.length === 0)
    return spread(courses, 3 * shownOfKind).map((course) => ({ why: '', rows: spread(course, shownSteps) }))
  const [lowest, highest] = [Math.min, Math.max].map((end) => end(...known.map(({ rise }) => rise)))
  // Where all went the same way, none stands out.
  if (lowest === highest)
    return spread(known, 3 * shownOfKind).map(({ course, rise }) => ({
      why: rise === 0 ? 'its reward is unchanged' : '',
      rows: spread(course, shownSteps),
    }))
  const sorted = known.toSorted((a, b) => b.rise - a.rise).map(({ course }) => course)
  const most = highest! > 0 ? 'its reward rose most' : 'its reward fell least'
  const middle = Math.max(0, Math.floor((sorted.length - shownOfKind) / 2))
  const kinds = [
    [most, sorted.slice(0, shownOfKind)],
    ['in the middle', sorted.slice(middle, middle + shownOfKind)],
    ['its reward rose least, or fell', sorted.slice(-shownOfKind)],
  ] as const
  const shown = new Set<readonly LabelledRow[]>()
  return kinds.flatMap(([why, own]) =>
    own.flatMap((course) => {
      if (shown.has(course)) return []
      shown.add(course)
      return [{ why, rows: spread(course, shownSteps) }]
    }),
  )
}

/** What is shown: held-out prompts, else those of training that come several times, else the last ones. */
function shownCourses(run: RunData): PromptCourse[] {
  const heldOut = evaluationsOf(run).flatMap(({ label, samples }) => samples.map((row) => ({ label, row })))
  const train = run.samples
    .filter(({ split }) => split === 'train')
    .map((row) => ({ label: `${row.stage === 'policy' ? '' : `${row.stage}, `}step ${row.step}`, row }))
  const [own, others] = [heldOut, train].map((rows) => coursesOf(rows).filter((course) => course.length > 1))
  if (own!.length > 0) return tellingCourses(own!)
  if (others!.length > 0) return tellingCourses(others!)
  return [...heldOut, ...train].slice(-shownOnce).map((each) => ({ why: '', rows: [each] }))
}

const scoreText = (name: string, value: number | null): string =>
  value === null ? `no ${name}` : `${name} ${formatDecimal(value, 2)}`

/** A response has no reward though all parts have a score where nothing is learnt from them: then there is none to speak of. */
const isMeasuredOnly = ({ reward, rewards }: SampleRow): boolean =>
  reward === null && !Object.values(rewards).includes(null)

const scoresText = (row: SampleRow): string =>
  [
    ...(isMeasuredOnly(row) ? [] : [scoreText('reward', row.reward)]),
    ...Object.entries(row.rewards).map(([name, value]) => scoreText(name, value)),
  ].join(', ')

function responseHtml({ label, row }: LabelledRow): string {
  const { anchor, response } = row
  const { markup, shared } =
    anchor === undefined ? { markup: textBlock(response), shared: undefined } : diffBlock(anchor, response)
  const common = shared === undefined ? '' : ` · ${formatPercent(shared, 0)} of its words are the anchor’s`
  return `<h4>${escapeHtml(label)} <span class="score">${escapeHtml(scoresText(row))}${common}</span></h4>${markup}`
}

function courseHtml({ why, rows }: PromptCourse): string {
  const { prompt, promptId, split, anchor } = rows.at(-1)!.row
  const kind = split === 'held-out' ? 'held out' : 'learned from'
  return `<article>
<p class="meta"><strong>Prompt ${escapeHtml(promptId)}</strong> · ${kind}${why === '' ? '' : ` · ${why}`}</p>
<div class="sides"><div><h4>Prompt</h4>${textBlock(prompt)}</div>${
    anchor === undefined ? '' : `<div class="chosen"><h4>Anchor</h4>${textBlock(anchor)}</div>`
  }</div>
<div class="over-time">${rows.map(responseHtml).join('')}</div>
</article>`
}

const lead =
  'The same prompts as the policy learns, with words marked that the anchor does not have; words of the anchor that are missing are struck out where the two have much in common. Some prompts whose reward rose most, some that rose least, some between: read them before trusting a curve.'

/** Responses to some prompts over time, compared with their anchors; behind a warning, unless whoever looks at them makes them. */
export function sampleSection(run: RunData, isOpen = false): string {
  const courses = shownCourses(run)
  if (courses.length === 0) return ''
  const articles = courses.map(courseHtml).join('\n')
  const count =
    courses.length === 1 ? 'the responses to one prompt' : `responses to ${courses.length} prompts`
  return sectionHtml('samples', 'What does it say?', lead, [
    isOpen ? articles : behindWarning(count, articles),
  ])
}

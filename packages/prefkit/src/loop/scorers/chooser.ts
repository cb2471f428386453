import { PrefkitError } from '../../prefkit-error'
import type { PairwiseScorer, PointwiseScorer, ScoringRun } from '../rewards/scorers'
import { fight } from './comparison-table'
import type { DrawnField } from './drawn-field'
import { finalSize, tournament } from './tournament'

/** A response that was chosen. */
export interface Choice {
  /** Its place among the distinct responses of its field. */
  readonly place: number
  /** Its mean probability to beat those that it was compared with; ½ where there is none. */
  readonly winProbability: number
}

/** Says which of drawn responses are the best. What it has asked it does not ask again. */
export interface Chooser {
  /** How good the distinct responses of each field are, on the scale of log-odds: only differences mean something. */
  strengths(fields: readonly DrawnField[], run: ScoringRun): Promise<readonly (readonly number[])[]>
  /** The best so many of each field, best first; fewer where there are not as many. */
  best(fields: readonly DrawnField[], count: number, run: ScoringRun): Promise<readonly (readonly Choice[])[]>
  /** How often the scorer was asked since this was asked last: pairs that it was shown, or responses that it scored. */
  asked(): number
}

/** What a chooser asks: a scorer of pairs, or of responses on their own. */
export type ChoosingScorer = { readonly pairwise: PairwiseScorer } | { readonly pointwise: PointwiseScorer }

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0.5 : values.reduce((sum, value) => sum + value, 0) / values.length

/** Probabilities nearer to 0 and 1 say no more, as a judge's are not that exact. */
const edge = 1e-6

const logit = (p: number): number => {
  const inside = Math.min(Math.max(p, edge), 1 - edge)
  return Math.log(inside / (1 - inside))
}

/** Numbers that are told once. */
function tally() {
  let count = 0
  return {
    add(more: number): void {
      count += more
    },
    take(): number {
      const told = count
      count = 0
      return told
    },
  }
}

function pairwiseChooser(scorer: PairwiseScorer): Chooser {
  const asked = tally()
  return {
    /** Against the first of each field, in both orders: by Bradley–Terry differences to it are differences to all. */
    async strengths(fields, run) {
      const duels = fields.flatMap(({ distinct, table }) =>
        distinct.slice(1).map((_, i) => ({ table, one: i + 1, other: 0 })),
      )
      asked.add(await fight(scorer, duels, run))
      return fields.map(({ distinct, table }) =>
        distinct.map((_, place) => (place === 0 ? 0 : logit(table.wins(place, 0)!))),
      )
    },
    async best(fields, count, run) {
      const size = Math.max(finalSize, count)
      const tables = fields.map(({ table }) => table)
      const { finalists, comparisons } = await tournament(scorer, tables, { ...run, size })
      asked.add(comparisons)
      return fields.map(({ distinct, table }, i) =>
        finalists[i]!.slice(0, count).map(({ place }) => {
          const met = distinct.flatMap((_, other) =>
            other === place ? [] : (table.wins(place, other) ?? []),
          )
          return { place, winProbability: meanOf(met) }
        }),
      )
    },
    asked: asked.take,
  }
}

function pointwiseChooser(scorer: PointwiseScorer): Chooser {
  const asked = tally()
  const known = new WeakMap<DrawnField, number[]>()
  async function strengths(fields: readonly DrawnField[], run: ScoringRun) {
    const own = fields.map((field) => known.get(field) ?? [])
    const open = fields.flatMap(({ prompt, distinct }, i) =>
      distinct.slice(own[i]!.length).map((response) => ({ prompt, response })),
    )
    const scores = open.length === 0 ? [] : await scorer.scores(open, run)
    if (scores.length !== open.length || !scores.every(Number.isFinite)) {
      const wrong = scores.find((score) => !Number.isFinite(score))
      const problem = `got ${wrong ?? `${scores.length} scores`}`
      throw new PrefkitError('BAD_REWARD', `scorer: expected ${open.length} finite scores, ${problem}`)
    }
    asked.add(open.length)
    let start = 0
    return fields.map((field, i) => {
      const count = field.distinct.length - own[i]!.length
      const all = [...own[i]!, ...scores.slice(start, start + count)]
      start += count
      known.set(field, all)
      return all
    })
  }
  return {
    strengths,
    async best(fields, count, run) {
      const scores = await strengths(fields, run)
      return scores.map((own) => {
        const order = own.map((_, place) => place).sort((a, b) => own[b]! - own[a]! || a - b)
        return order.slice(0, count).map((place) => {
          const others = own.filter((_, other) => other !== place)
          return {
            place,
            winProbability: meanOf(others.map((other) => 1 / (1 + Math.exp(other - own[place]!)))),
          }
        })
      })
    },
    asked: asked.take,
  }
}

/** A chooser that asks a scorer. */
export const chooserOf = (scorer: ChoosingScorer): Chooser =>
  'pairwise' in scorer ? pairwiseChooser(scorer.pairwise) : pointwiseChooser(scorer.pointwise)

import type { Judge } from '../judge'

/** What a judge that changes another's verdicts has of it: `score` and `rank` too, where the other has them. */
export type WrappedJudge<J extends Judge> = Pick<J, Extract<keyof J, keyof Judge | 'score' | 'rank'>>

const kept = ['score', 'rank'] as const

/** A judge with verdicts of its own, that scores and ranks as the one beneath. */
export function wrapJudge<J extends Judge>(judge: J, own: Judge): WrappedJudge<J> {
  const given = judge as Readonly<Record<string, unknown>>
  // Bound, for a judge may be an instance of a class.
  const rest = kept.flatMap((name) => {
    const method = given[name]
    return typeof method === 'function' ? [[name, method.bind(judge)]] : []
  })
  return { ...Object.fromEntries(rest), ...own } as WrappedJudge<J>
}

import {
  abstainingJudge,
  calibratedJudge,
  humanJudge,
  type Judge,
  panelJudge,
  type RankingJudge,
  type ScoringJudge,
  terminalAsker,
} from '@prefkit/judges'
import { PrefkitError } from '../prefkit-error'
import { answeringModels, type OpenAnsweringModel } from './answering-model'
import { askLists, askPairs, askScores } from './ask-model'
import type { JudgeConfig, ListAsking, PairAsking, ScoreAsking } from './judge-config'
import type { JudgeSurroundings } from './judge-surroundings'
import { rewardJudge } from './reward-judge'

type Make<Asking, Made> = (
  argument: string,
  config: JudgeConfig<Asking>,
  around: JudgeSurroundings,
) => Promise<Made>

/** What a name of `--judge` stands for: how it is made for each thing that may be asked of it. */
interface JudgeKind {
  readonly pairs: Make<PairAsking, Judge>
  readonly scores?: Make<ScoreAsking, ScoringJudge>
  readonly lists?: Make<ListAsking, RankingJudge>
  /** What follows the colon of its name; nothing where there is none. */
  readonly argument?: string
}

/** A person is asked on standard error: standard output is for results. */
async function askPerson(_: string, { seed }: JudgeConfig, { onClose }: JudgeSurroundings): Promise<Judge> {
  const { ask, close } = terminalAsker({ output: process.stderr })
  onClose(close)
  return humanJudge({ ask, name: 'human', seed })
}

/** What a language model may be asked. */
const askedOf = (open: OpenAnsweringModel) => ({
  pairs: askPairs(open),
  scores: askScores(open),
  lists: askLists(open),
})

const kinds: Readonly<Record<string, JudgeKind>> = {
  openai: { argument: 'model', ...askedOf(answeringModels.openai) },
  local: { argument: 'path', ...askedOf(answeringModels.local) },
  'reward-model': {
    argument: 'directory',
    pairs: (directory, _, around) => rewardJudge(directory, around),
    scores: (directory, _, around) => rewardJudge(directory, around),
  },
  human: { pairs: askPerson },
}

const expected = Object.entries(kinds)
  .map(([name, { argument }]) => (argument === undefined ? name : `${name}:<${argument}>`))
  .join(', ')

/** The kind of a name such as `openai:gpt-4.1-mini`, and what follows its colon. */
function kindOf(name: string): { kind: JudgeKind; argument: string } {
  const at = name.indexOf(':')
  const [word, argument] = at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)]
  const kind = Object.hasOwn(kinds, word) ? kinds[word] : undefined
  if (kind && (argument !== '') === (kind.argument !== undefined)) return { kind, argument }
  throw new PrefkitError('INVALID_CONFIG', `--judge: expected ${expected}, got ${JSON.stringify(name)}`)
}

/** Checks the name of a judge alone, and that such a one can rate where it is to. @throws PrefkitError `INVALID_CONFIG`. */
export function requireJudgeName(name: string, asked: 'pairs' | 'scores' = 'pairs'): void {
  if (!kindOf(name).kind[asked]) throw cannot(name, 'score single responses')
}

/** The only judge of a configuration, where a panel makes no sense. */
function onlyOne({ judges }: JudgeConfig, what: string): string {
  if (judges.length === 1) return judges[0]!
  throw new PrefkitError('INVALID_CONFIG', `--judge: a panel cannot ${what}; expected one judge`)
}

const cannot = (name: string, what: string): PrefkitError =>
  new PrefkitError('INVALID_CONFIG', `--judge: ${name} cannot ${what}`)

/** One judge, or a panel. */
function joined(judges: readonly Judge[], weights: PairAsking['panelWeights']): Judge {
  if (judges.length > 1) return panelJudge(judges, weights ? { weights } : {})
  if (!weights) return judges[0]!
  throw new PrefkitError(
    'INVALID_CONFIG',
    '--panel-weights: one judge is no panel; expected --judge several times',
  )
}

/**
 * The judge of pairs that a configuration names; a panel of several.
 * @throws PrefkitError `INVALID_CONFIG`; what a server throws that cannot be asked, or a model that cannot be read.
 */
export async function createPairJudge(
  config: JudgeConfig<PairAsking>,
  around: JudgeSurroundings,
): Promise<Judge> {
  const named = config.judges.map(kindOf)
  const judges = await Promise.all(named.map(({ kind, argument }) => kind.pairs(argument, config, around)))
  const { panelWeights, calibration, abstainBelow } = config.asking
  const judge = joined(judges, panelWeights)
  const calibrated = calibration ? calibratedJudge(judge, calibration) : judge
  return abstainBelow === undefined
    ? calibrated
    : abstainingJudge(calibrated, { minConfidence: abstainBelow })
}

/** The judge of single responses that a configuration names; see {@link createPairJudge}. */
export async function createScoringJudge(
  config: JudgeConfig<ScoreAsking>,
  around: JudgeSurroundings,
): Promise<ScoringJudge> {
  const name = onlyOne(config, 'score single responses')
  const { kind, argument } = kindOf(name)
  if (!kind.scores) throw cannot(name, 'score single responses')
  return kind.scores(argument, config, around)
}

/** The judge of several responses at once that a configuration names; see {@link createPairJudge}. */
export async function createRankingJudge(
  config: JudgeConfig<ListAsking>,
  around: JudgeSurroundings,
): Promise<RankingJudge> {
  const name = onlyOne(config, 'put several responses in order')
  const { kind, argument } = kindOf(name)
  if (!kind.lists) throw cannot(name, 'put several responses in order')
  return kind.lists(argument, config, around)
}

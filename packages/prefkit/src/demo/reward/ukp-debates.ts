import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { type Comparison, loadComparisons, promptText } from '@prefkit/datasets'
import { bundledFile } from '../bundled-files'
import { bundledEmbeddings } from './bundled-embeddings'
import type { DemoDataset, GoldenChoice } from './demo-dataset'

/** A line of the arguments' file. */
interface Argument {
  readonly id: string
  readonly text: string
  readonly topic: string
  readonly debate: string
  readonly stance: string
}

const debateOf = ({ tags }: Comparison): string => tags!.debate!

/** Topics are slugs in the data; the prompt, debate and stance, is what people can read. */
const nameTopic = (comparison: Comparison): Comparison => ({ ...comparison, source: promptText(comparison) })

/** UKPConvArg1: which of two arguments is more convincing, by five people each. The pairs they agreed on. */
export async function ukpDebates(): Promise<DemoDataset> {
  const [pairs, texts] = await Promise.all([
    bundledFile('ukpconvarg1/pairs.jsonl.gz'),
    bundledFile('ukpconvarg1/arguments.jsonl.gz'),
  ])
  const { comparisons } = await loadComparisons(pairs, { texts })
  const lines = gunzipSync(await readFile(texts))
    .toString('utf8')
    .trim()
    .split('\n')
  const found = lines.map((line) => JSON.parse(line) as Argument)
  return {
    about: {
      name: 'UKPConvArg1',
      groupName: 'debates',
      split: 'Leave one debate out: both sides of the debate that is tested on are left out of training.',
      licence: 'CC BY 4.0',
      attribution:
        'Ivan Habernal and Iryna Gurevych: Which argument is more convincing? ACL 2016. Names of authors dropped.',
    },
    comparisons: comparisons.filter(({ tags }) => tags?.strict === 'true').map(nameTopic),
    embedder: await bundledEmbeddings('ukpconvarg1/embeddings.safetensors', {
      arguments: found.map(({ text }) => text),
    }),
    groupOf: debateOf,
    folds: new Set(comparisons.map(debateOf)).size,
    golden: goldenChoices(found, voteShares(comparisons)),
    goldenName: 'share of votes won within its topic',
  }
}

/** How an argument fares: the mean over its comparisons of the share of votes that went to it. */
function voteShares(comparisons: readonly Comparison[]): ReadonlyMap<string, number> {
  const totals = new Map<string, { sum: number; count: number }>()
  const add = (id: string, share: number): void => {
    const { sum, count } = totals.get(id) ?? { sum: 0, count: 0 }
    totals.set(id, { sum: sum + share, count: count + 1 })
  }
  for (const { tags, preference } of comparisons) {
    add(tags!.chosen_id!, preference!)
    add(tags!.rejected_id!, 1 - preference!)
  }
  return new Map([...totals].map(([id, { sum, count }]) => [id, sum / count]))
}

function goldenChoices(found: readonly Argument[], shares: ReadonlyMap<string, number>): GoldenChoice[] {
  const voted = found.filter(({ id }) => shares.has(id))
  return [...Map.groupBy(voted, ({ topic }) => topic).values()].map((own) => ({
    prompt: `${own[0]!.debate}: ${own[0]!.stance}`,
    responses: own.map(({ text }) => text),
    golden: own.map(({ id }) => shares.get(id)!),
    group: own[0]!.debate,
  }))
}

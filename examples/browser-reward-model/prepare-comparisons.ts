// Writes src/comparisons.json from the human comparisons that prefkit bundles:
// node --import ../../tools/on-sources.mjs prepare-comparisons.ts
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadComparisons } from '@prefkit/datasets'

const debates = [
  'Ban Plastic Water Bottles',
  'Firefox vs. Internet Explorer',
  'INDIA HAS THE POTENTIAL TO LEAD THE WORLD...',
  'Is the school uniform a good or bad idea?',
  'TV is better than Books',
  'Which type of endeavor is better, a personal pursuit or advancing the common good?',
]
const pairsEach = 70

const bundled = (name: string) =>
  fileURLToPath(new URL(`../../packages/prefkit/data/ukpconvarg1/${name}.jsonl.gz`, import.meta.url))
const { comparisons } = await loadComparisons(bundled('pairs'), { texts: bundled('arguments') })

/** Every so many of those that the annotators agreed on. */
const chosen = debates.flatMap((debate) => {
  const own = comparisons.filter(({ tags }) => tags?.strict === 'true' && tags.debate?.trim() === debate)
  const spread = Array.from({ length: pairsEach }, (_, i) => own[Math.floor((i * own.length) / pairsEach)]!)
  return spread.map(({ id, chosen, rejected }) => ({ id, prompt: debate, chosen, rejected }))
})
const target = new URL('src/comparisons.json', import.meta.url)
writeFileSync(target, `${JSON.stringify(chosen, null, 2)}\n`)

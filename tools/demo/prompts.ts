// Makes the prompts of `prefkit demo`: first sentences of stories, as the demo's own model begins them, each once.
//   node --import ./tools/on-sources.mjs tools/demo/prompts.ts
// The same numbers come out on every machine whose backend draws the same tokens; the files are what counts.
import { writeFileSync } from 'node:fs'
import { localPolicy } from '@prefkit/lm'
import { loadLanguageModel } from '@prefkit/lm/files'

const here = (path: string): URL => new URL(`../../packages/${path}`, import.meta.url)
const beginning = 1
const model = await loadLanguageModel(here('lm/src/goldens/stories260K.bin').pathname)
const policy = localPolicy(model)
const drawn = await policy.sample([[beginning]], { n: 1024, maxNewTokens: 24, batchSize: 128, seed: 1 })
const sentences = drawn.map(({ text }) => /^[^.!?\n]*[.]/.exec(text!.trim())?.[0] ?? '')
const prompts = [...new Set(sentences.filter(({ length }) => length > 24))]
const write = (name: string, from: number, to: number): void => {
  const rows = prompts.slice(from, to).map((prompt, i) => `${JSON.stringify({ id: from + i + 1, prompt })}\n`)
  writeFileSync(here(`prefkit/data/stories260k/${name}.jsonl`), rows.join(''))
}
write('held-out', 0, 32)
write('prompts', 32, 400)
console.log(`${prompts.length} sentences`)

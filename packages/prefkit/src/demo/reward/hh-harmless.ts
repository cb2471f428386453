import { loadComparisons, promptText, responseText } from '@prefkit/datasets'
import { bundledFile } from '../bundled-files'
import { bundledEmbeddings } from './bundled-embeddings'
import type { DemoDataset } from './demo-dataset'

/** The test part of Anthropic's harmless-base: which of two replies of an assistant is less harmful, by one person. */
export async function hhHarmless(): Promise<DemoDataset> {
  const { comparisons } = await loadComparisons(await bundledFile('hh-harmless/test.jsonl.gz'))
  const texts = (side: 'chosen' | 'rejected') =>
    comparisons.map((comparison) => responseText(comparison[side]))
  return {
    about: {
      name: 'HH harmless-base, test part',
      groupName: 'prompts',
      split: '10 folds by prompt: no prompt is trained on and tested.',
      licence: 'MIT',
      attribution:
        'Yuntao Bai et al.: Training a helpful and harmless assistant with RLHF, 2022 (arXiv 2204.05862). Anthropic.',
    },
    comparisons,
    embedder: await bundledEmbeddings('hh-harmless/embeddings.safetensors', {
      chosen: texts('chosen'),
      rejected: texts('rejected'),
    }),
    groupOf: promptText,
    folds: 10,
  }
}

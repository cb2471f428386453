// node --import ./tools/on-sources.mjs tools/parity/lm-save.ts DIRECTORY      loads every golden model of @prefkit/lm and
// saves it into DIRECTORY, for `lm.py --check`.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadCheckpoint, saveCheckpoint } from '@prefkit/lm/files'

const models = fileURLToPath(new URL('../../packages/lm/src/goldens/models', import.meta.url))
for (const name of readdirSync(models).filter((each) => !each.endsWith('.json'))) {
  const checkpoint = await loadCheckpoint(join(models, name))
  await saveCheckpoint(join(process.argv[2]!, name), checkpoint)
  await checkpoint.close()
}

import { stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What every adapter of PEFT has. */
const marker = 'adapter_config.json'

/** The directory of an adapter, given itself or the run that trained it. */
export async function adapterPath(directory: string): Promise<string> {
  const inRun = join(directory, 'model')
  const isRun = await stat(join(inRun, marker)).then(
    () => true,
    () => false,
  )
  return isRun ? inRun : directory
}

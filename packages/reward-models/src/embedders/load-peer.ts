import { RewardModelError } from '../reward-model-error'

/**
 * What an optional package gives, imported when it is first needed.
 * @param owner Who needs it, for messages.
 * @param packages What has to be installed for it.
 * @throws RewardModelError `EMBEDDER_MISSING` saying what to install, or why it does not load.
 */
export async function loadPeer<T>(
  owner: string,
  packages: readonly string[],
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    const install = `npm install ${packages.join(' ')}`
    const code = (cause as NodeJS.ErrnoException).code
    const reason =
      code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
        ? `needs packages that are not installed; run: ${install}`
        : `could not load its packages: ${(cause as Error).message}; to install them anew, run: ${install}`
    throw new RewardModelError('EMBEDDER_MISSING', `${owner}: ${reason}`, { cause })
  }
}

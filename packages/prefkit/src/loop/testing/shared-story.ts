import { afterAll, afterEach } from 'vitest'
import { type Story, storyPolicy } from './story-policy'

/** A story policy that forgets what it has learnt. */
export interface SharedStory extends Story {
  /** As it was at the beginning of the test. */
  readonly restore: () => Promise<void>
}

/**
 * One story policy for all tests of a file, which each of them finds as it was at first.
 * @param prepare what it learns before the first test.
 */
export async function sharedStory(prepare?: (story: Story) => Promise<void>): Promise<SharedStory> {
  const story = await storyPolicy()
  await prepare?.(story)
  const begun = await story.policy.state()
  const restore = () => story.policy.restore(begun)
  afterEach(restore)
  afterAll(() => story.policy.release())
  return { ...story, restore }
}

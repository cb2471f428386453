import type { Rollout } from '../rollouts/rollout'

/** Characters of a text that are shown. */
const most = 80

/** A text for messages, shortened. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text)

/** A response and its prompt for messages, shortened. */
export const describeRollout = ({ text, prompt }: Pick<Rollout, 'text' | 'prompt'>): string =>
  `the response ${shown(text)} to prompt ${prompt.id}, ${shown(prompt.text)}`

import type { ServerOptions } from './server-options'

/** The fields of `extraBody` that a server's chat template reads. */
export const templateOptions = ({ extraBody = {} }: ServerOptions): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(extraBody).filter(([name]) => name === 'chat_template_kwargs' || name === 'chat_template'),
  )

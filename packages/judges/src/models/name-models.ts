import { JudgeError } from '../judge-error'
import { jsonAt } from './json-at'
import type { RequestSetup } from './request-setup'
import { requestWithRetries } from './request-with-retries'

const MOST_NAMES = 20

/** The names that the server has, where it tells them. */
async function modelNames(setup: RequestSetup, signal: AbortSignal | undefined): Promise<string> {
  const call = { method: 'get', path: '/models', retries: 0 } as const
  const data = jsonAt(await requestWithRetries(setup, call, signal).catch(() => undefined), 'data')
  const models: unknown[] = Array.isArray(data) ? data : []
  const names = models.map((each) => jsonAt(each, 'id')).filter((id) => typeof id === 'string')
  return names.length === 0 ? '' : ` The server has the models: ${names.slice(0, MOST_NAMES).join(', ')}.`
}

/** Whether an error is the server's 404, as for a model that it has not. */
export const isNotFound = (error: unknown): error is JudgeError =>
  JudgeError.isInstance(error) && error.code === 'SERVER_STATUS' && error.status === 404

/** The same error, with the models that the server has. */
export async function withModelNames(
  setup: RequestSetup,
  error: JudgeError,
  signal: AbortSignal | undefined,
): Promise<JudgeError> {
  const names = setup.redactor.text(await modelNames(setup, signal))
  return new JudgeError(error.code, 'model', error.message + names, { cause: error.cause, status: 404 })
}

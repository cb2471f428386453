import { answeringModelOf, answeringNames } from '../../../../judge/answering-model'
import { PrefkitError } from '../../../../prefkit-error'

/** The model of a judge that can be asked in words. @throws PrefkitError `INVALID_CONFIG` for one that is no language model. */
export function requireAnswering(judge: string): NonNullable<ReturnType<typeof answeringModelOf>> {
  const model = answeringModelOf(judge)
  if (model) return model
  const problem = `expected ${answeringNames}, which can be asked about criteria, got ${JSON.stringify(judge)}`
  throw new PrefkitError('INVALID_CONFIG', `judge: ${problem}`)
}

import { expect, it } from 'vitest'
import type { Logger } from '../../loggers/logger'
import { quietLogger } from './watching'

const listening = (name: string, told: string[], log: Logger['log'] = async () => {}): Logger => ({
  keep: async () => {},
  async log(records) {
    told.push(`${name} ${records[0]!.step}`)
    await log(records)
  },
  distributions: async () => {},
  close: async (outcome) => void told.push(`${name} ${outcome}`),
})

it('tells the others what one that fails is told no more, and closes all', async () => {
  const [told, warnings]: [string[], string[]] = [[], []]
  const broken = listening('broken', told, () => Promise.reject(new Error('disk full')))
  const logger = quietLogger([broken, listening('whole', told)], (message) => void warnings.push(message))
  await logger.step({ stage: 'grpo', step: 1 }, undefined)
  await logger.step({ stage: 'grpo', step: 2 }, undefined)
  await logger.close('finished')
  expect(told).toEqual(['broken 1', 'whole 1', 'whole 2', 'broken finished', 'whole finished'])
  expect(warnings).toEqual(['a logger failed, and is told no more; metrics.jsonl has all: disk full'])
})

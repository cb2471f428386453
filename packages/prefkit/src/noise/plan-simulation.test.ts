import { expect, it } from 'vitest'
import { planCommand } from '../cli/plan-command'
import { drawTable } from './draw-table'
import { parsePlanConfig } from './plan-config'
import { simulateUnit, unitsOf } from './plan-simulation'

const config = parsePlanConfig(
  {
    files: [],
    columns: {},
    population: { responses: 4, utilities: 'normal', between: 1, features: 3 },
    designs: ['same-prompt', 'swiss'],
    errorRates: [0.2],
    budgets: [40, 20],
    repeats: 1,
    annotator: { annotator: 'logistic', ability: [1, 0.5] },
    annotators: 2,
    alpha: 1,
    targetAccuracy: 0.9,
    seed: 0,
  },
  'test',
)
const ground = {
  config,
  tableOf: (repeat: number) => drawTable({ ...config.population, prompts: 10 }, repeat),
}

it.each(unitsOf(config))('stops in the middle of a simulation of $design', async (unit) => {
  const reason = new Error('enough')
  const controller = new AbortController()
  const stopped = simulateUnit(unit, ground, controller.signal)
  controller.abort(reason)
  await expect(stopped).rejects.toBe(reason)
  const { records } = await simulateUnit(unit, ground)
  expect(records.map(({ labels }) => labels)).toEqual([20, 40])
})

it('is made again by a command that says all of its configuration', () => {
  const file = '/data/scored.jsonl'
  const columns = { score: 'golden' }
  const command = planCommand({ ...config, files: [file], columns, prompts: 7 }, '/data')
  expect(command).toBe(
    'prefkit noise plan scored.jsonl --columns score=golden --designs same-prompt,swiss ' +
      '--error-rates 0.2 --budgets 20,40 --repeats 1 --annotators 2 --alpha 1 --target-accuracy 0.9 --seed 0 --prompts 7 ' +
      '--annotator-model logistic --ability 1,0.5',
  )
  expect(planCommand(config)).toMatch(
    /plan --responses 4 --utilities normal --between 1 --features 3 --designs/,
  )
})

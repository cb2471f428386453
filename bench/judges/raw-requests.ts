// node raw-requests.ts PLAN: what the server can answer: the same bodies, sent by a loop around fetch for each connection,
// which reads each answer whole and does nothing with it.
import { pairwiseYesNoFormat } from '../../packages/rubrics/dist/index.js'
import { makePairs } from './pairs.ts'
import { measure, readPlan } from './plan.ts'

const plan = readPlan()
const { render } = pairwiseYesNoFormat()
// Made beforehand: only the requests are timed.
const bodies = Array.from(makePairs(plan.count), (pair) =>
  JSON.stringify({ model: 'stub', messages: render(pair) }),
)
const headers = { 'content-type': 'application/json' }

await measure(plan, async () => {
  let next = 0
  let answered = 0
  const connection = async () => {
    while (next < bodies.length) {
      const body = bodies[next++]!
      const response = await fetch(`${plan.url}/chat/completions`, { method: 'POST', headers, body })
      await response.text()
      if (response.ok) answered += 1
    }
  }
  await Promise.all(Array.from({ length: plan.connections }, connection))
  return answered
})

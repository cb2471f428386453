import type { TestProject } from 'vitest/node'
import { predict, trainBoostedTrees, writeModel } from '../index'
import { type BrowserCase, browserData, browserParameters } from './browser-case'

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether the page is isolated from other origins. */
    isolated: boolean
    node: BrowserCase
  }
}

/** Before the tests in pages: trains in Node, and tells them what came of it. */
export async function setup(project: TestProject): Promise<void> {
  const data = browserData()
  const model = await trainBoostedTrees(data, browserParameters, { threads: 1 })
  const { features } = data
  project.provide('node', {
    model: writeModel(model),
    scores: Array.from(predict(model, features, { type: 'raw' })),
    probabilities: Array.from(predict(model, features)),
  })
}

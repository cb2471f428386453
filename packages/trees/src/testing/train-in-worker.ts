/// <reference lib="dom" />

import { trainBoostedTrees, writeModel } from '../index'
import { browserData, browserParameters } from './browser-case'

const train = async (threads: number): Promise<string> =>
  writeModel(await trainBoostedTrees(browserData(), browserParameters, { threads }))

/** A worker of a page: trains with as many threads as it is told, and answers with the model's text, or with what went wrong. */
addEventListener('message', ({ data: threads }: MessageEvent<number>) => {
  train(threads).then(
    (text) => postMessage(text),
    (error: unknown) => postMessage(`${error}`),
  )
})

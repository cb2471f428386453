/// <reference lib="dom" />
import { TreesError } from '../trees-error'
import { DONE, FAILED, HEAP } from './layout'

/** A thread that helps with every kernel until it is ended. */
export interface Thread {
  /** Ends it, wherever it is. */
  end(): Promise<void>
}

/*
 * The program of a thread is a string: no file to find, which bundlers would have to know of. It says when it is ready,
 * and then waits in WebAssembly for work.
 */
const program = `
const start = async ({ module, memory, slot }, say) => {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  say('ready')
  try {
    exports.work(slot, 0)
  } catch (error) {
    // Whoever waits for this thread is told, rather than left waiting.
    const words = new Int32Array(memory.buffer, 0, ${HEAP >> 2})
    Atomics.store(words, ${FAILED >> 2}, 1)
    Atomics.add(words, ${DONE >> 2}, 1)
    Atomics.notify(words, ${DONE >> 2})
    throw error
  }
}
`
const nodeProgram = `${program}
const { parentPort, workerData } = require('node:worker_threads')
start(workerData, (word) => parentPort.postMessage(word)).catch((error) => { throw error })
`
const pageProgram = `${program}
self.onmessage = ({ data }) => start(data, (word) => self.postMessage(word))
`

/** What the two kinds of worker have in common, once wrapped. */
interface Started {
  readonly ready: Promise<void>
  terminate(): Promise<void>
}

/** Starts a thread on a memory; returns when it waits for work. */
export async function startThread(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  slot: number,
): Promise<Thread> {
  const start = isNode() ? startInNode : startInPage
  const { ready, terminate } = await start({ module, memory, slot })
  await ready
  return {
    async end() {
      await terminate()
    },
  }
}

const isNode = (): boolean => typeof process === 'object' && process.versions?.node !== undefined

/** Whether this is the thread that draws a page: it must not be put to sleep. */
export const isMainThreadOfPage = (): boolean => !isNode() && 'document' in globalThis

interface ThreadData {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly slot: number
}

async function startInNode(data: ThreadData): Promise<Started> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(nodeProgram, { eval: true, workerData: data })
  const ready = listen((onWord, onError) => {
    worker.on('message', onWord)
    worker.on('error', onError)
  })
  await ready
  // A training that is forgotten does not keep the process alive.
  worker.unref()
  return {
    ready,
    async terminate() {
      await worker.terminate()
    },
  }
}

async function startInPage(data: ThreadData): Promise<Started> {
  const url = URL.createObjectURL(new Blob([pageProgram], { type: 'text/javascript' }))
  const worker = new Worker(url)
  const ready = listen((onWord, onError) => {
    worker.onmessage = onWord
    worker.onerror = (event) => onError(new Error(event.message))
    worker.postMessage(data)
  })
  try {
    await ready
  } finally {
    URL.revokeObjectURL(url)
  }
  return { ready, terminate: async () => worker.terminate() }
}

/** Resolves at the first word of a worker. */
function listen(attach: (onWord: () => void, onError: (error: Error) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    attach(resolve, (cause) => {
      const message = `a thread could not be started: ${cause.message}; threads: 1 needs none`
      reject(new TreesError('UNSUPPORTED', message, { cause }))
    })
  })
}

// A thread that has a journal until it is told to end: says `held`, or the code of the error that it got.
import { parentPort, workerData } from 'node:worker_threads'
import { openJournal } from '../journal'

const owner = { task: 'hold', name: 'holder', identity: {}, settings: {} }
try {
  const journal = await openJournal(workerData, owner, () => {})
  parentPort?.once('message', async () => {
    await journal.close()
    parentPort?.postMessage('released')
  })
  parentPort?.postMessage('held')
} catch (error) {
  parentPort?.postMessage((error as { code: string }).code)
}

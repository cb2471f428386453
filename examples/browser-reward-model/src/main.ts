import { createGpuBackend, type GpuBackend, type GpuOptions } from '@prefkit/tensor/gpu'
import { heldOutPairs, trainingPairs } from './comparisons'
import { message, page } from './page'
import { startProgress } from './progress'
import { createScoring } from './scores'
import { createTrainer, type Trainer } from './trainer'

type Mode = NonNullable<GpuOptions['mode']>

/** Longest stretch of training without a look at clicks and keys, in milliseconds. */
const patience = 50

const backends = new Map<Mode, Promise<GpuBackend>>()
let trainer: Trainer | undefined
let stopped = false

/** The backend of the mode that is chosen; made once, since it holds a device. */
function chosenBackend(): Promise<GpuBackend> {
  const mode = page.mode.value as Mode
  const backend = backends.get(mode) ?? createGpuBackend({ mode })
  backends.set(mode, backend)
  return backend
}

/** Says what the chosen mode runs on, or why it cannot. */
async function showDevice(): Promise<void> {
  const chosen = page.mode.value
  page.train.disabled = true
  const [words, available] = await chosenBackend().then(
    ({ description, against }) => [[description, ...against].join('; '), true] as const,
    (error) => [`Not available here: ${message(error)}`, false] as const,
  )
  if (page.mode.value !== chosen) return
  page.device.textContent = words
  page.train.disabled = !available
}

const rescore = createScoring(async (texts) => trainer?.score(texts))
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

/** Trains a fresh model until it is done or stopped. */
async function train(): Promise<void> {
  const before = trainer
  trainer = createTrainer(await chosenBackend())
  // A scoring by the model before may be going on.
  await rescore()
  await before?.release()
  const progress = startProgress()
  let looked = performance.now()
  for await (const record of trainer.train()) {
    page.status.textContent = 'Training …'
    progress.add(record)
    if (record.heldOut) await rescore()
    if (stopped) break
    if (performance.now() - looked < patience) continue
    progress.draw()
    await breath()
    looked = performance.now()
  }
  progress.draw()
}

const stoppedStatus = (): string =>
  trainer?.hasLearned()
    ? 'Stopped. The scores are by what was learned so far.'
    : 'Stopped before the first epoch was over: nothing was learned.'

/** Runs {@link train} with the buttons and the status kept in step. */
async function onTrain(): Promise<void> {
  stopped = false
  page.train.disabled = page.mode.disabled = true
  page.stop.disabled = false
  page.status.textContent = 'Compiling the first step …'
  try {
    await train()
    page.status.textContent = stopped ? stoppedStatus() : 'Trained.'
  } catch (error) {
    page.status.textContent = `Training failed: ${message(error)}`
    // A device that was lost does not come back: the next training asks for another.
    backends.delete(page.mode.value as Mode)
  } finally {
    page.train.disabled = page.mode.disabled = false
    page.stop.disabled = true
  }
}

page.trainingPairs.textContent = String(trainingPairs.chosen.length)
page.heldOutPairs.textContent = String(heldOutPairs.chosen.length)
page.mode.addEventListener('change', showDevice)
page.train.addEventListener('click', onTrain)
page.stop.addEventListener('click', () => {
  stopped = true
})
for (const text of page.texts) text.addEventListener('input', rescore)
await showDevice()

import { drawCurve } from './loss-curve'
import { page } from './page'
import type { TrainingRecord } from './trainer'

/** What is shown of a training while it goes on. */
export interface Progress {
  add(record: TrainingRecord): void
  /** Brings curve and figures up to date. */
  draw(): void
}

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** Starts a new curve. */
export function startProgress(): Progress {
  const records: TrainingRecord[] = []
  /** When the first step was done: it is compiled then, which says nothing of the steps that follow. */
  let began = 0
  return {
    add(record) {
      if (records.length === 0) began = performance.now()
      records.push(record)
    },
    draw() {
      const { step = 0 } = records.at(-1) ?? {}
      const loss = records.findLast((record) => record.loss !== undefined)?.loss
      const heldOut = records.findLast((record) => record.heldOut)?.heldOut
      const rate = (step - 1) / ((performance.now() - began) / 1000)
      page.step.textContent = String(step)
      page.rate.textContent = step > 1 ? rate.toFixed(1) : '–'
      page.loss.textContent = loss?.toFixed(3) ?? '–'
      page.heldOutLoss.textContent = heldOut?.loss.toFixed(3) ?? '–'
      page.heldOutAccuracy.textContent = heldOut ? percent.format(heldOut.accuracy) : '–'
      drawCurve(page.curve, records)
    },
  }
}

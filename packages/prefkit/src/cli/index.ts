#!/usr/bin/env node
import { createProgram } from './program'
import { interruptedStatus, reportFailure } from './report-failure'

const oldest = 22
if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(`prefkit needs Node ${oldest} or newer; this is Node ${process.versions.node}\n`)
  process.exit(1)
}

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

await createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = reportFailure(error, process.argv.includes('--json'))
    // What does not heed being stopped, such as a request of a reward of one's own, is not waited for.
    if (process.exitCode === interruptedStatus) setTimeout(() => process.exit(), 1000).unref()
  })

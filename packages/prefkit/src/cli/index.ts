#!/usr/bin/env node
import { createProgram } from './program'
import { reportFailure } from './report-failure'

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

await createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = reportFailure(error, process.argv.includes('--json'))
  })

#!/usr/bin/env node
import { createProgram } from './program'
import { reportFailure } from './report-failure'

await createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    process.exitCode = reportFailure(error, process.argv.includes('--json'))
  })

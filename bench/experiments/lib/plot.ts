// The library of the report's charts, as the package that has it installed.
import * as Plot from '../../../packages/prefkit/node_modules/@observablehq/plot/src/index.js'

export { Plot }

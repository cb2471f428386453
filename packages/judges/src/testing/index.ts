import * as faults from './faults'

export type { Fault } from './faults'
export type { ServerKind } from './routes'
export { type Asked, constantScript, type Script, type Scripted } from './script'
export { type Received, type ServerSettings, startServer, type TestServer } from './start-server'
export { faults }

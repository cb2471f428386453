import type { Server } from 'node:http'
import { PrefkitError } from '../../../prefkit-error'

/** Where a page is served when no port is asked for, and how many after it are tried. */
const firstPort = 4321
const triedPorts = 50

/** Only this machine can ask. */
export const loopback = '127.0.0.1'

/** Listens on a port of this machine: what went wrong, or nothing. */
const attempt = (server: Server, port: number): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((settle) => {
    const onError = (error: NodeJS.ErrnoException): void => settle(error)
    server.once('error', onError)
    server.listen(port, loopback, () => {
      server.off('error', onError)
      settle(undefined)
    })
  })

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another program',
  EACCES: 'may not be taken by this user',
}

/**
 * Has a server listen on the loopback address.
 * @param port the one that is asked for; without, the first that is free from 4321 on.
 * @returns the port.
 * @throws PrefkitError `INVALID_CONFIG` naming a port that was asked for and cannot be had, or all that were tried.
 */
export async function listen(server: Server, port?: number): Promise<number> {
  const ports = port === undefined ? Array.from({ length: triedPorts }, (_, i) => firstPort + i) : [port]
  for (const each of ports) {
    const error = await attempt(server, each)
    if (!error) return each
    if (port === undefined && error.code === 'EADDRINUSE') continue
    const why = reasons[error.code ?? ''] ?? `cannot be had: ${error.message}`
    const message = `--ui: port ${each} ${why}; name another, or none for the first that is free`
    throw new PrefkitError('INVALID_CONFIG', message, { cause: error })
  }
  const message = `--ui: ports ${ports[0]} to ${ports.at(-1)} are all taken; name one that is free`
  throw new PrefkitError('INVALID_CONFIG', message)
}

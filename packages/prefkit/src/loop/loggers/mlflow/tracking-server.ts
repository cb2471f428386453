import { PrefkitError } from '../../../prefkit-error'

/** Where a tracking server is, and what it is told of who asks. */
export interface TrackingServer {
  /** Without a slash at the end, and without a name or password. */
  readonly url: string
  /** Of each request. */
  readonly headers: Readonly<Record<string, string>>
}

/** Variables by their names, as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

/** As MLflow's own client: the name and password of the URL, those of the environment, or the token. */
function authorization(url: URL, environment: Environment): string | undefined {
  const {
    MLFLOW_TRACKING_USERNAME: name,
    MLFLOW_TRACKING_PASSWORD: password,
    MLFLOW_TRACKING_TOKEN: token,
  } = environment
  if (url.username) return basic(decodeURIComponent(url.username), decodeURIComponent(url.password))
  if (name) return basic(name, password ?? '')
  return token ? `Bearer ${token}` : undefined
}

/**
 * The tracking server of a URL such as `http://localhost:5000`. Who asks is told by the URL
 * (`https://name:password@host`), or else by `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`, or else by
 * `MLFLOW_TRACKING_TOKEN`.
 * @throws PrefkitError `INVALID_CONFIG` for what is no URL of a server, such as a directory.
 */
export function trackingServer(uri: string, environment: Environment): TrackingServer {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    // A password may be part of it all the same, such as of a database.
    const got = uri.replace(/\/\/[^/@]*@/, '//')
    throw new PrefkitError(
      'INVALID_CONFIG',
      'mlflow: trackingUri: expected the address of a tracking server, such as http://localhost:5000, ' +
        `got ${JSON.stringify(got)}`,
    )
  }
  const told = authorization(url, environment)
  return {
    url: `${url.origin}${url.pathname}`.replace(/\/+$/, ''),
    headers: { 'content-type': 'application/json', ...(told && { authorization: told }) },
  }
}

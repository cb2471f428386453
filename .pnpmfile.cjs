// promptfoo is here only so that a test can run one of our judges as its assertion. It depends on 125 packages, 2.3 GB
// with theirs, for providers, databases, browsers and its server. What running an assertion does not load is left out;
// were that wrong, or became so, the test could not start.
const unused = [
  '@hono/node-server',
  '@inquirer/checkbox',
  '@inquirer/confirm',
  '@inquirer/search',
  '@inquirer/select',
  '@libsql/client',
  '@opentelemetry/sdk-trace-base',
  '@types/ws',
  'ai',
  'binary-extensions',
  'commander',
  'compression',
  'cors',
  'execa',
  'express',
  'gcp-metadata',
  'istextorbinary',
  'json5',
  'mathjs',
  'minimatch',
  'protobufjs',
  'proxy-agent',
  'rxjs',
  'semver',
  'simple-git',
  'socket.io',
  'socket.io-client',
  'text-extensions',
  'tsx',
]

const without = (dependencies, names) =>
  Object.fromEntries(Object.entries(dependencies).filter(([name]) => !names.includes(name)))

const trims = {
  promptfoo: (manifest) => ({
    ...manifest,
    dependencies: without(manifest.dependencies, unused),
    optionalDependencies: {},
  }),
}

module.exports = {
  hooks: { readPackage: (manifest) => trims[manifest.name]?.(manifest) ?? manifest },
}

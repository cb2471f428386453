#!/usr/bin/env node
// Runs on any Node >= 18 with nothing installed. It installs the workspace once, then hands over to the
// Node 24 that came with it. `npm run demo` and `npm test` both start here.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.prefkit-install.json')
const onWindows = process.platform === 'win32'
const started = Date.now()

const environment = {
  ...process.env,
  // Its install script fetches GPU libraries from outside the registry; the CPU library is in the package.
  ONNXRUNTIME_NODE_INSTALL: 'skip',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
  NO_UPDATE_NOTIFIER: '1',
  npm_config_update_notifier: 'false',
}

const usage = `usage: node tools/bootstrap.mjs demo [options of prefkit demo]
       node tools/bootstrap.mjs check [options of tools/src/check.ts]`

const say = (text) => console.error(`[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${text}`)

function stopWith(text) {
  console.error(`\n${text}`)
  process.exit(1)
}

/** Runs a command to its end, passing signals on; quiet keeps its output for the caller. */
function run(command, args, { quiet = false, onLine = () => {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: environment,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: onWindows,
      // Its own group, so that a signal also reaches what the shell wrappers in between started.
      detached: quiet && !onWindows,
    })
    let output = ''
    const keep = (chunk) => {
      output += chunk
      for (const line of String(chunk).split('\n')) if (line.trim()) onLine(line.trim())
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']
    const pass = (signal) => {
      if (quiet && !onWindows) process.kill(-child.pid, signal)
      // A terminal sends Ctrl-C to the whole group itself; a second one would cut the child's clean stop short.
      else if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    for (const signal of forwarded) process.on(signal, pass)
    const finish = (code, signal) => {
      for (const name of forwarded) process.off(name, pass)
      resolve({ code: code ?? 128 + (constants.signals[signal] ?? 0), signal, output })
    }
    child.on('error', (error) => {
      output += `${error.message}\n`
      finish(127, null)
    })
    child.on('close', finish)
  })
}

/** Ends this process as its child ended, so that a caller sees the same status or signal. */
function endLike({ code, signal }) {
  if (signal && !onWindows) process.kill(process.pid, signal)
  else process.exit(code)
}

/** What an install depends on: the lock, the catalog and every manifest. */
function manifestsHash() {
  const folders = readdirSync(join(root, 'packages')).map((name) => join('packages', name))
  const manifests = ['.', 'tools', ...folders].map((folder) => join(folder, 'package.json')).sort()
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    const path = join(root, file)
    if (existsSync(path)) hash.update(`${file}\n${readFileSync(path, 'utf8')}\n`)
  }
  return hash.digest('hex')
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

const advice = [
  [
    /ERR_PNPM_OUTDATED_LOCKFILE/,
    (pnpm) => `pnpm-lock.yaml does not match the package.json files. Run: npx ${pnpm} install`,
  ],
  [/ENOSPC/, () => 'The disk is full: the install needs about 1 GB.'],
  [/EACCES|EPERM/, () => 'A folder cannot be written. Do you own this checkout and your npm cache folder?'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_PNPM_META_FETCH_FAIL|ERR_SOCKET_TIMEOUT/,
    () =>
      'The npm registry did not answer. Check the network, and `npm config get registry` and `proxy`; then run the same command again: what was downloaded is kept.',
  ],
  [
    /ERR_PNPM_FETCH_40[13]/,
    () => 'The npm registry refused the request: check your npm credentials and registry setting.',
  ],
]

function explainFailedInstall(output, pnpm) {
  const known = advice.find(([pattern]) => pattern.test(output))
  const hint = known
    ? known[1](pnpm)
    : `Delete node_modules and try again; or run it by hand to see more: ONNXRUNTIME_NODE_INSTALL=skip npx ${pnpm} install --frozen-lockfile`
  stopWith(`${output.split('\n').slice(-40).join('\n')}\nThe install failed. ${hint}`)
}

/** Installs when node_modules is missing, older than the manifests, or lacks what this command needs. */
async function install(needsEverything) {
  const hash = manifestsHash()
  const stamp = readJson(stampFile)
  const present = existsSync(join(modules, '.bin', onWindows ? 'turbo.cmd' : 'turbo'))
  if (present && stamp?.hash === hash && (stamp.everything || !needsEverything)) return
  // A developer's full install stays full.
  const everything =
    needsEverything || Boolean(readJson(join(modules, '.modules.yaml'))?.included?.devDependencies)
  const pnpm = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
  const update = stamp?.hash === hash ? 'adding what the checks need' : 'updating the install'
  say(`${present ? update : 'first run: installing from the npm registry'} (${pnpm})`)
  let latest = ''
  const ticker = setInterval(() => say(latest || 'waiting for npx to fetch pnpm'), 10_000)
  const args = ['--yes', pnpm, 'install', '--frozen-lockfile', '--reporter=append-only']
  args.push('--config.confirm-modules-purge=false', ...(everything ? [] : ['--prod']))
  const result = await run('npx', args, {
    quiet: true,
    onLine: (line) => {
      if (line.startsWith('Progress:')) latest = line
    },
  })
  clearInterval(ticker)
  if (result.signal) endLike(result)
  if (result.code !== 0) explainFailedInstall(result.output, pnpm)
  writeFileSync(stampFile, JSON.stringify({ hash, everything }))
  say('installed')
}

async function demo(args) {
  environment.PREFKIT_BUILD = 'js'
  say('building')
  const turbo = ['run', 'build', '--filter=prefkit...', '--output-logs=errors-only', '--ui=stream']
  const built = await run('turbo', turbo, { quiet: true })
  if (built.signal) endLike(built)
  if (built.code !== 0) stopWith(`${built.output}\nThe build failed.`)
  say('starting')
  return run('node', [join('packages', 'prefkit', 'dist', 'cli', 'index.js'), 'demo', ...args])
}

const targets = {
  demo: { needsEverything: false, start: demo },
  check: { needsEverything: true, start: (args) => run('node', [join('tools', 'src', 'check.ts'), ...args]) },
}

const [major] = process.versions.node.split('.').map(Number)
if (major < 18) stopWith(`prefkit needs Node 18 or newer to start; this is Node ${process.versions.node}.`)
const [name, ...args] = process.argv.slice(2)
const target = targets[name]
if (!target) stopWith(usage)
await install(target.needsEverything)
const pathName = Object.keys(environment).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
environment[pathName] = [join(modules, 'node', 'bin'), join(modules, '.bin'), environment[pathName]].join(
  delimiter,
)
endLike(await target.start(args))

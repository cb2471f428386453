// node bench/experiments/run.ts CLAIM [--toy | --full] …: see README.md. Runs on the packages' sources, so nothing has to be built.
await import('../../tools/on-sources.mjs')
// What it imports is found by what was registered above.
const { main } = await import('./main.ts')
await main(process.argv.slice(2))

export {}

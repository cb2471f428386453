// node … share-cache.ts DIRECTORY KEYS ROUNDS: reads and writes the same entries as its siblings do, and prints how often
// what it read was neither missing nor right.
import { diskCache } from '../disk-cache'

const [directory = '', keys = '0', rounds = '0'] = process.argv.slice(2)
const valueOf = (key: string) => ({ key, text: key.repeat(500) })
let wrong = 0
const cache = diskCache(directory, {
  onFault: () => {
    wrong += 1
  },
})
for (let round = 0; round < Number(rounds); round++)
  await Promise.all(
    Array.from({ length: Number(keys) }, async (_, i) => {
      const key = `${i}`.padStart(64, '0')
      const found = await cache.get(key)
      if (found !== undefined && JSON.stringify(found) !== JSON.stringify(valueOf(key))) wrong += 1
      await cache.set(key, valueOf(key))
    }),
  )
process.stdout.write(`${wrong}`)

// node --import …/tools/on-sources.mjs program.ts      runs a program of the workspace on the packages' sources,
// as the tests do, so that whole processes can be tested before anything is built.
import { registerHooks } from 'node:module'

const packages = new URL('../packages/', import.meta.url).href
const isDirectory = /^(?:@prefkit\/([^/]+)|(prefkit))(\/.+)?$/

registerHooks({
  resolve(name, context, next) {
    const [, scoped, folder = scoped, subpath = ''] = isDirectory.exec(name) ?? []
    if (folder) return next(`${packages}${folder}/src${subpath}/index.ts`, context)
    const isSource = name.startsWith('.') && context.parentURL?.startsWith(packages) && !/\.\w+$/.test(name)
    return next(isSource && !context.parentURL.includes('/node_modules/') ? `${name}.ts` : name, context)
  },
})

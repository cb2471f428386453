import { cell, table } from './markdown.ts'
import type { PublicFunctions } from './public-functions.ts'

const same = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join() === [...b].sort().join()

const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

/** What does not fit together: the registry, the types of the options and their docstrings. */
export function conventionProblems({ functions, registry }: PublicFunctions): string[] {
  const known = new Set(functions.map(({ name }) => name))
  const strangers = Object.keys(registry).filter((name) => !known.has(name))
  return [
    ...strangers.map((name) => `conventions has ${name}, which is no exported function`),
    ...functions.flatMap(({ name, convention }) => {
      const names = registry[name]
      if (!convention) return names ? [`conventions has ${name}, which takes no \`convention\``] : []
      if (!names) return [`${name} takes a \`convention\` and is not in conventions.ts`]
      if (!same(names, convention.names)) {
        return [
          `the \`convention\` of ${name} is of ${codes(convention.names)}, in conventions.ts of ${codes(names)}`,
        ]
      }
      const silent = names.filter((one) => !convention.meaning.includes(`\`${one}\``))
      return [
        ...(silent.length > 0
          ? [`the docstring of \`convention\` of ${name} does not say what ${codes(silent)} is`]
          : []),
        ...(convention.preset === names[0]
          ? []
          : [
              `the docstring of \`convention\` of ${name} must say "Default: \`${names[0]}\`.", as conventions.ts does`,
            ]),
      ]
    }),
  ]
}

/** docs/conventions.md: the rule of the defaults, and for each function the conventions that it accepts and what they mean. */
export function conventionsPage(packages: readonly { name: string; api: PublicFunctions }[]): string {
  const sections = packages.map(({ name, api: { functions, registry, defaults } }) => {
    const rows = functions.flatMap((one) => {
      const names = registry[one.name]
      if (!one.convention || !names) return []
      return [
        [
          codes([one.name, ...one.aliases]),
          codes(names.slice(0, 1)),
          codes(names.slice(1)),
          cell(one.convention.meaning),
        ],
      ]
    })
    const rules = defaults === '' ? '' : `${defaults}\n\n`
    return `## ${name}\n\n${rules}${table(['function', 'default', 'others', 'what they mean'], rows)}\n`
  })
  const head =
    '# Conventions\n\n' +
    'Where trainers differ, an option `convention` names the one whose computation is used, and nothing is chosen silently.\n' +
    'Each package has one registry, the const `conventions` that it exports.\n\n' +
    'One rule gives the defaults: the convention of the trainer that a method comes from or is mainly used in, and TRL’s for\n' +
    'every other method. What that is, and the exceptions with their reasons, is at the head of each table.\n\n' +
    'Made from the registries and the docstrings by `node tools/src/gates/paper-index.ts --write`; do not edit.\n'
  return [head, ...sections].join('\n')
}

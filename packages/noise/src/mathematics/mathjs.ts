import { create, gammaDependencies, type MathJsInstance } from 'mathjs/number'

let instance: MathJsInstance | undefined

/** mathjs with gamma and no more. Made when first asked for, so that importing the package does no work. */
export function mathjs(): MathJsInstance {
  instance ??= create({ gammaDependencies })
  return instance
}

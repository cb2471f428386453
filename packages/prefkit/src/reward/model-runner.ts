import type { RewardModelOptions } from '@prefkit/reward-models'
import { type BackendChoice, describeBackend, resolveBackend } from '@prefkit/tensor'
import { PrefkitError } from '../prefkit-error'

/** What computes a kind of model: its name, by which numbers repeat, and a description for people. Both refuse a backend that it cannot run on. */
interface Runner {
  name(backend: BackendChoice): Promise<string>
  describe(backend: BackendChoice): Promise<string>
}

/** Trees run on kernels of their own, which give the same numbers everywhere; MLPs on a backend. */
const runners: Readonly<Record<RewardModelOptions['kind'], Runner>> = {
  mlp: {
    name: async (backend) => (await resolveBackend(backend)).backend.name,
    describe: describeBackend,
  },
  trees: {
    name: async (backend) => withoutBackend(backend, 'trees'),
    describe: async (backend) => withoutBackend(backend, '@prefkit/trees'),
  },
}

/** @throws PrefkitError `INVALID_CONFIG` where a backend was asked for. */
function withoutBackend(choice: BackendChoice, name: string): string {
  if (choice === 'auto') return name
  const got = typeof choice === 'string' ? choice : choice.name
  throw new PrefkitError('INVALID_CONFIG', `--backend: trees run on no backend; leave it out, got ${got}`)
}

/** What computes a kind of model where a backend is chosen. */
export const runnerOf = ({ kind }: Pick<RewardModelOptions, 'kind'>): Runner => runners[kind]

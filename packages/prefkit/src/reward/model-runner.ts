import type { RewardModelOptions } from '@prefkit/reward-models'
import { type BackendChoice, describeBackend, resolveBackend } from '@prefkit/tensor'

/** What computes a kind of model: its name, by which numbers repeat, and a description for people. */
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
  trees: { name: async () => 'trees', describe: async () => '@prefkit/trees' },
}

/** What computes a kind of model where a backend is chosen. */
export const runnerOf = ({ kind }: Pick<RewardModelOptions, 'kind'>): Runner => runners[kind]

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { storiesPath, storiesTemplate } from '../../../lm/testing/stories'
import { storyConfig } from '../testing/make-stage'
import { openTrainee, type Trainee } from './open-trainee'

const open = (settings: object = {}) =>
  openTrainee(storyConfig({ sft: { files: 'rows' }, ...settings }), { model: storiesPath }, undefined)

const embeddings = ({ model }: Trainee) => model.weights['model.embed_tokens.weight']

it('reads the weights of a checkpoint once while any model of it is open', async () => {
  const [policy, rewardModel] = [await open(), await open()]
  const read = embeddings(policy)
  expect(read).toBeDefined()
  expect(embeddings(rewardModel)).toBe(read)

  await policy.release()
  // Whoever releases twice releases nothing of others.
  await policy.release()
  const critic = await open()
  expect(embeddings(critic)).toBe(read)

  for (const { release } of [rewardModel, critic]) await release()
  const later = await open()
  expect(embeddings(later)).not.toBe(read)
  await later.release()
})

it('does not take a model for one whose texts are written otherwise', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'prefkit-trainee-'))
  await writeFile(join(folder, 'chat.jinja'), storiesTemplate)
  const plain = await open()
  const chatting = await open({ model: { chatTemplate: join(folder, 'chat.jinja') } })
  expect(plain.encoding.chatTemplate).toBeUndefined()
  expect(chatting.encoding.chatTemplate).toBeDefined()
  for (const { release } of [plain, chatting]) await release()
  await rm(folder, { recursive: true })
})

import { describe, expect, it } from 'vitest'
import { renderChat } from '../checkpoint/checkpoint'
import { loadGolden } from '../goldens/load-goldens'
import { type ChatMessage, chatTemplate } from './chat-template'

interface Row {
  readonly template: string
  readonly conversation: number
  readonly setting: {
    add_generation_prompt?: boolean
    tools?: object[]
    variables?: Record<string, unknown>
  }
  readonly text?: string
  readonly error?: string
}

interface Golden {
  readonly templates: Record<string, string>
  readonly conversations: ChatMessage[][]
  readonly rows: Row[]
}

const tokens = { bos: { token: '<s>', id: 0 }, eos: { token: '</s>', id: 1 } }

describe('chatTemplate', () => {
  const { templates, conversations, rows } = loadGolden<Golden>('chat-templates.json')

  it.each(Object.keys(templates))('writes %s as transformers does, and refuses what it refuses', (name) => {
    const template = chatTemplate(templates[name]!, tokens)
    const own = rows.filter((row) => row.template === name)
    expect(own.length).toBe(36)
    for (const { conversation, setting, text, error } of own) {
      const { add_generation_prompt: addGenerationPrompt, ...rest } = setting
      const options = { ...rest, ...(addGenerationPrompt === undefined ? {} : { addGenerationPrompt }) }
      const render = () => template.render(conversations[conversation]!, options)
      const where = `${name}, conversation ${conversation}, ${JSON.stringify(setting)}`
      if (error === undefined) expect(render(), where).toBe(text)
      else expect(render, where).toThrow(expect.objectContaining({ code: 'TEMPLATE_FAILED' }))
    }
  })

  it('some of them are refused', () => {
    const refused = rows.filter(({ error }) => error !== undefined)
    expect(refused.length).toBeGreaterThan(5)
    expect(refused.length).toBeLessThan(rows.length / 2)
  })

  it('says why a template refuses, in its words', () => {
    const template = chatTemplate("{{ raise_exception('only users: ' + messages[0].role) }}")
    expect(() => template.render([{ role: 'system', content: '' }])).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: 'chat template: it refused the conversation: only users: system',
      }),
    )
  })

  it('gives thoughts under the names that templates read', () => {
    const template = chatTemplate('{{ messages[0].reasoning_content }}|{{ messages[0].thinking }}')
    expect(template.render([{ role: 'assistant', reasoning: 'hm' }])).toBe('hm|hm')
    expect(template.render([{ role: 'assistant', thinking: 'a', reasoning_content: 'b' }])).toBe('b|a')
  })

  it('refuses what is no template, no conversation, no option', () => {
    expect(() => chatTemplate('{% for %}')).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: expect.stringContaining('it is not valid'),
      }),
    )
    const template = chatTemplate('{{ messages | length }}')
    expect(() => template.render([])).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    const noRole = [{ content: 'x' }] as unknown as ChatMessage[]
    expect(() => template.render(noRole)).toThrow('messages: expected at least one object with a role')
    const misspelt: object = { add_generation_prompt: true }
    expect(() => template.render([{ role: 'user' }], misspelt)).toThrow('no option add_generation_prompt')
  })

  it('needs a template to write a conversation', () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    expect(() => renderChat({ path: 'model.gguf' }, messages)).toThrow(
      expect.objectContaining({ code: 'NO_CHAT_TEMPLATE', message: expect.stringMatching(/^model.gguf: /) }),
    )
    const withTemplate = { path: 'x', chatTemplate: chatTemplate('{{ messages[0].content }}') }
    expect(renderChat(withTemplate, messages)).toBe('Hi')
  })
})

/** What goes wrong with one answer of a test server. */
export type Fault =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      /** Sent as it is where it is a string, as JSON otherwise; default: an error as OpenAI words it. */
      readonly body?: unknown
    }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | { readonly kind: 'hang'; readonly after: 'request' | 'headers' }
  | { readonly kind: 'raw'; readonly status: number; readonly type: string; readonly body: string }
  | { readonly kind: 'truncate' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'edit'; readonly edit: (body: never) => unknown }

/** A refusal by status, as `429` or `500`. */
export const status = (
  code: number,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Fault => ({ kind: 'status', status: code, headers, body })

/** `429` that asks for a pause: seconds, or an HTTP date. */
export const tooManyRequests = (retryAfter?: number | Date): Fault =>
  status(429, retryAfter === undefined ? {} : { 'retry-after': retryAfterHeader(retryAfter) })

/** `503` that asks for a pause: seconds, or an HTTP date. */
export const unavailable = (retryAfter?: number | Date): Fault =>
  status(503, retryAfter === undefined ? {} : { 'retry-after': retryAfterHeader(retryAfter) })

const retryAfterHeader = (value: number | Date) => (value instanceof Date ? value.toUTCString() : `${value}`)

/** The right answer, later. */
export const slow = (milliseconds: number): Fault => ({ kind: 'slow', milliseconds })

/** No answer, ever; with `headers`, none after the headers and the first half of the body. */
export const hang = (after: 'request' | 'headers' = 'request'): Fault => ({ kind: 'hang', after })

/** Half of the body, and then the connection is closed. */
export const truncate: Fault = { kind: 'truncate' }

/** The connection is reset before anything is answered. */
export const reset: Fault = { kind: 'reset' }

/** A body that says it is JSON and is not. */
export const malformedJson: Fault = {
  kind: 'raw',
  status: 200,
  type: 'application/json',
  body: '{"choices": [{"message": {"content": "ye',
}

/** A page, as a proxy or a web interface sends it. */
export const htmlPage = (code = 200): Fault => ({
  kind: 'raw',
  status: code,
  type: 'text/html; charset=utf-8',
  body: '<!doctype html><html><head><title>Oh no</title></head><body><h1>Something went wrong</h1></body></html>',
})

/** The right answer, changed before it is sent. */
export const edit = <Body>(change: (body: Body) => unknown): Fault => ({
  kind: 'edit',
  edit: change as (body: never) => unknown,
})

interface ChatBody {
  choices: { message: Record<string, unknown>; finish_reason: unknown; logprobs?: unknown }[]
  usage?: unknown
}

const editChoice = (change: (choice: ChatBody['choices'][number]) => object): Fault =>
  edit<ChatBody>((body) => ({
    ...body,
    choices: body.choices.map((choice) => ({ ...choice, ...change(choice) })),
  }))

/** `choices: []`. */
export const emptyChoices: Fault = edit<ChatBody>((body) => ({ ...body, choices: [] }))

/** A message without content. */
export const contentNull: Fault = editChoice(({ message }) => ({ message: { ...message, content: null } }))

/** Another `finish_reason`, such as `length` or `content_filter`. */
export const finishReason = (reason: unknown): Fault => editChoice(() => ({ finish_reason: reason }))

/** A refusal in place of content, as OpenAI has it. */
export const refusal = (text: string): Fault =>
  editChoice(({ message }) => ({ message: { ...message, content: null, refusal: text } }))

/** An answer that does not say what it used. */
export const noUsage: Fault = edit<ChatBody>(({ usage: _, ...body }) => body)

/** `choices[].logprobs` as given; left out where undefined. */
export const logprobs = (value: unknown): Fault => editChoice(() => ({ logprobs: value }))

/** One request to a server. */
export interface ServerRequest {
  readonly method: 'get' | 'post'
  /** After the address, as `/completions`; or a whole address, for routes that are not under it. */
  readonly path: string
  readonly body?: Readonly<Record<string, unknown>>
  /** What the answer is: JSON, or a text as it stands. Default: `json`. */
  readonly answer?: 'json' | 'text'
}

/** A server of models and how it is asked: what `connectServer` of `@prefkit/judges` gives, which tries again and waits its turn. */
export interface ServerClient {
  /** The model's name, as the server lists it. */
  readonly model: string
  /** The address up to `/v1`, as it may be shown. */
  readonly server: string
  /** The address without `/v1`, where routes are that are not OpenAI's. */
  readonly root: string
  /** The answer: parsed JSON, or the text that was asked for. */
  request(call: ServerRequest, options?: { readonly signal?: AbortSignal }): Promise<unknown>
}

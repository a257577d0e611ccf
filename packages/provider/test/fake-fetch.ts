// A network of HTTP requests in the hands of a test: each waits until the test answers it, cuts it, or leaves it. Bytes of an
// event stream move when the test says so.

import { type ClientMessage, clientCodec, type ServerMessage, serverCodec } from '@weft/protocol';

/** One request, and the words to answer it. */
export class FakeRequest {
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly init: RequestInit;
  isOver = false;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: Error) => void;
  #stream: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor(url: string, init: RequestInit, resolve: (response: Response) => void, reject: (error: Error) => void) {
    this.url = url;
    this.path = new URL(url).pathname;
    this.headers = init.headers as Record<string, string>;
    this.body = init.body as Uint8Array;
    this.init = init;
    this.#resolve = resolve;
    this.#reject = reject;
    init.signal?.addEventListener('abort', () => this.cut());
  }

  answer(status: number, headers: Record<string, string> = {}, body?: BodyInit): void {
    if (this.isOver) throw new Error(`${this.path} is over`);
    this.isOver = true;
    this.#resolve(new Response(body ?? null, { status, headers }));
  }

  answerJson(status: number, body: object, headers: Record<string, string> = {}): void {
    this.answer(status, headers, JSON.stringify(body));
  }

  /** Answers with a stream that stays open. */
  begin(): void {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#stream = controller;
      },
    });
    this.#resolve(new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream' } }));
  }

  say(text: string): void {
    this.#stream!.enqueue(new TextEncoder().encode(text));
  }

  event(name: string, data: string): void {
    this.say(`event: ${name}\ndata: ${data}\n\n`);
  }

  messages(...messages: ServerMessage[]): void {
    this.say(`data: ${Buffer.from(serverCodec.encode(...messages)).toString('base64')}\n\n`);
  }

  /** Breaks, as the network does. */
  cut(): void {
    if (this.isOver) return;
    this.isOver = true;
    const error = new TypeError('the network broke');
    try {
      this.#stream?.error(error);
    } catch {
      // It had ended.
    }
    this.#reject(error);
  }

  /** The messages in it. */
  heard(): ClientMessage[] {
    return this.body.length === 0 ? [] : clientCodec.decode(this.body);
  }
}

export class FakeFetch {
  readonly requests: FakeRequest[] = [];
  /** Answers each request in place of the network; null leaves it to the test. */
  always: ((request: FakeRequest) => void) | null = null;

  readonly fetch = ((url: string, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      const request = new FakeRequest(url, init, resolve, reject);
      this.requests.push(request);
      this.always?.(request);
    })) as typeof globalThis.fetch;

  /** Those of a path that nobody has answered, oldest first. */
  open(path: string): FakeRequest[] {
    return this.requests.filter((request) => request.path === path && !request.isOver);
  }

  /** The newest request to a path. */
  newest(path: string): FakeRequest {
    const request = this.requests.findLast((each) => each.path === path);
    if (!request) throw new Error(`nobody has asked for ${path}`);
    return request;
  }

  count(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }
}

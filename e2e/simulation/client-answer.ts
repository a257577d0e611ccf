// The client's end of one HTTP request: as much of fetch's Response as our client uses. It begins, grows, and ends or fails.

export class ClientAnswer {
  readonly response: Promise<Response>;
  #resolve!: (response: Response) => void;
  #reject!: (error: Error) => void;
  readonly #chunks: Uint8Array[] = [];
  #state: 'open' | 'ended' | Error = 'open';
  #wake: (() => void) | null = null;

  constructor() {
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** @param headers their names in small letters */
  begin(status: number, headers: Readonly<Record<string, string>>): void {
    const response = {
      status,
      headers: { get: (name: string) => headers[name] ?? null },
      body: { getReader: () => ({ read: () => this.#read() }) },
      arrayBuffer: () => this.#readAll(),
    };
    this.#resolve(response as unknown as Response);
  }

  push(bytes: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#chunks.push(bytes);
    this.#wake?.();
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended';
    this.#wake?.();
  }

  /** An answer that comes whole. */
  whole(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    this.begin(status, headers);
    this.push(Buffer.from(body));
    this.end();
  }

  /** No answer, or one that breaks off. */
  fail(error: Error): void {
    if (this.#state === 'open') this.#state = error;
    this.#reject(error);
    this.#wake?.();
  }

  async #read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }> {
    for (;;) {
      const value = this.#chunks.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#state === 'ended') return { done: true };
      if (this.#state !== 'open') throw this.#state;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #readAll(): Promise<ArrayBuffer> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await this.#read();
      if (done) return Uint8Array.from(Buffer.concat(chunks)).buffer;
      chunks.push(value!);
    }
  }
}

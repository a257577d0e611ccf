// Reads a text/event-stream as it arrives, in pieces of any size: https://html.spec.whatwg.org/#event-stream-interpretation. The
// browser's own EventSource cannot send headers.

export interface StreamEvent {
  /** `message` where none is named. */
  readonly name: string;
  readonly data: string;
}

export class EventParser {
  readonly #decoder = new TextDecoder();
  readonly #listener: (event: StreamEvent) => void;
  /** Of a line whose end has not come: in pieces, for a long one comes in many. */
  #line: string[] = [];
  #name = '';
  #data: string[] = [];
  #endsWithCr = false;

  constructor(listener: (event: StreamEvent) => void) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array): void {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (this.#endsWithCr && text.startsWith('\n')) text = text.slice(1);
    if (text === '') return;
    this.#endsWithCr = text.endsWith('\r');
    const lines = text.split(/\r\n|\r|\n/);
    const rest = lines.pop()!;
    for (const line of lines) {
      this.#line.push(line);
      this.#read(this.#line.join(''));
      this.#line = [];
    }
    this.#line.push(rest);
  }

  #read(line: string): void {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    // A line that begins with a colon is a comment.
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#name = value;
    else if (field === 'data') this.#data.push(value);
  }

  #dispatch(): void {
    const event = { name: this.#name || 'message', data: this.#data.join('\n') };
    const isEvent = this.#data.length > 0;
    this.#name = '';
    this.#data = [];
    if (isEvent) this.#listener(event);
  }
}

// The BroadcastChannels of one browser's pages: what is said waits until the test delivers it, in the order in which each
// page would get it. A page that is killed says and hears nothing more; one that is frozen hears it all later.

export class TabHub {
  readonly #pages = new Set<TabPage>();

  page(): TabPage {
    const page = new TabPage(this);
    this.#pages.add(page);
    return page;
  }

  /** @internal */
  spread(from: FakeChannel, message: unknown): void {
    for (const page of this.#pages) {
      for (const channel of page.open) {
        if (channel !== from && channel.name === from.name) page.waiting.push([channel, structuredClone(message)]);
      }
    }
  }

  /** @internal */
  forget(page: TabPage): void {
    this.#pages.delete(page);
  }

  /** Delivers what waits, and what is said to it, until nothing does. */
  deliverAll(): void {
    while ([...this.#pages].some((page) => page.deliver()));
  }
}

interface FakeChannel {
  readonly name: string;
  onmessage: unknown;
}

export class TabPage {
  readonly open = new Set<FakeChannel>();
  readonly waiting: [FakeChannel, unknown][] = [];
  isFrozen = false;
  #isDead = false;
  readonly #hub: TabHub;

  constructor(hub: TabHub) {
    this.#hub = hub;
  }

  /** For the option of a connection. */
  get BroadcastChannel() {
    const [page, hub] = [this, this.#hub];
    return class implements FakeChannel {
      readonly name: string;
      onmessage: unknown = null;

      constructor(name: string) {
        this.name = name;
        page.open.add(this);
      }

      postMessage(message: unknown): void {
        if (!page.open.has(this)) throw new Error('the channel is closed');
        if (!page.#isDead) hub.spread(this, message);
      }

      close(): void {
        page.open.delete(this);
      }
    };
  }

  /** The next message arrives. @returns whether there was one */
  deliver(): boolean {
    const next = this.isFrozen ? undefined : this.waiting.shift();
    if (!next) return false;
    const [channel, data] = next;
    if (this.open.has(channel)) (channel.onmessage as (event: { data: unknown }) => void)({ data });
    return true;
  }

  kill(): void {
    this.#isDead = true;
    this.#hub.forget(this);
  }
}

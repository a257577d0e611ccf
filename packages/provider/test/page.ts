// The page around a connection, as far as it looks at it: it can be hidden, shown and frozen.

import { vi } from 'vitest';

export class FakePage {
  visibilityState: 'visible' | 'hidden' = 'visible';
  readonly #listeners = new Map<string, Set<() => void>>();

  /** In the place of `document`, until `vi.unstubAllGlobals()`. */
  static install(): FakePage {
    const page = new FakePage();
    vi.stubGlobal('document', page);
    return page;
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  addEventListener(name: string, listener: () => void): void {
    this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(listener));
  }

  removeEventListener(name: string, listener: () => void): void {
    this.#listeners.get(name)?.delete(listener);
  }

  hide(): void {
    this.#become('hidden');
  }

  show(): void {
    this.#become('visible');
  }

  freeze(): void {
    this.#tell('freeze');
  }

  resume(): void {
    this.#tell('resume');
  }

  #become(state: 'visible' | 'hidden'): void {
    this.visibilityState = state;
    this.#tell('visibilitychange');
  }

  #tell(name: string): void {
    for (const listener of this.#listeners.get(name) ?? []) listener();
  }
}

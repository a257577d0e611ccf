// Named events, with the methods of lib0's ObservableV2, whose listeners cannot break the one who tells them: what a
// listener throws is thrown on its own after the turn, where the host reports it. A bug in a status bar ends nothing.

type Listener = (...args: never[]) => void;

export class Events<E extends { [Name in keyof E]: Listener }> {
  readonly #listeners = new Map<keyof E, Set<Listener>>();

  on<Name extends keyof E & string>(name: Name, listener: E[Name]): E[Name] {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return listener;
  }

  once<Name extends keyof E & string>(name: Name, listener: E[Name]): void {
    const first = ((...args: Parameters<E[Name]>) => {
      this.off(name, first);
      listener(...args);
    }) as E[Name];
    this.on(name, first);
  }

  off<Name extends keyof E & string>(name: Name, listener: E[Name]): void {
    this.#listeners.get(name)?.delete(listener);
  }

  emit<Name extends keyof E & string>(name: Name, args: Parameters<E[Name]>): void {
    // A copy: who begins to listen meanwhile has missed this event.
    for (const listener of [...(this.#listeners.get(name) ?? [])] as E[Name][]) {
      try {
        listener(...args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Nobody is told anything any more. */
  destroy(): void {
    this.#listeners.clear();
  }
}

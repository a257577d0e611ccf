// Promises of things that become so: each is kept the first time somebody looks and it is so.

interface Waiter {
  readonly until: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Waiters {
  readonly #waiters = new Set<Waiter>();

  when(until: () => boolean): Promise<void> {
    if (until()) return Promise.resolve();
    const promise = new Promise<void>((resolve, reject) => {
      this.#waiters.add({ until, resolve, reject });
    });
    // Who does not look at the promise any more has not failed to handle its rejection.
    promise.catch(() => {});
    return promise;
  }

  /** To be called when something is different now. */
  look(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.until()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  reject(message: string): void {
    for (const { reject } of this.#waiters) reject(new Error(message));
    this.#waiters.clear();
  }
}

// Promises of things that become so: each is kept the first time somebody looks and it is so.

/** What a wait can be ended with. */
export interface WaitOptions {
  /** Aborted, it rejects the promise with its reason. */
  readonly signal?: AbortSignal;
}

interface Waiter {
  readonly until: () => boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  /** Nobody listens to the signal any more. */
  readonly letGo: () => void;
}

export class Waiters {
  readonly #waiters = new Set<Waiter>();

  when(until: () => boolean, { signal }: WaitOptions = {}): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (until()) return Promise.resolve();
    const promise = new Promise<void>((resolve, reject) => {
      const aborted = (): void => {
        this.#waiters.delete(waiter);
        reject(signal!.reason);
      };
      const letGo = (): void => signal?.removeEventListener('abort', aborted);
      const waiter: Waiter = { until, resolve, reject, letGo };
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', aborted, { once: true });
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
      waiter.letGo();
      waiter.resolve();
    }
  }

  reject(message: string): void {
    for (const { reject, letGo } of this.#waiters) {
      letGo();
      reject(new Error(message));
    }
    this.#waiters.clear();
  }
}

// The moments in which it pays to look at once whether a connection lives: the network has come back or gone, or somebody looks at the
// page again, after a sleep perhaps, or after it was frozen or put aside. In Node there are none.

export interface WakeListener {
  cameOnline(): void;
  /** The browser says so; that a connection is dead it does not say. */
  wentOffline(): void;
  /** The page is shown again, or runs again. */
  shownAgain(): void;
}

/** @returns what ends it */
export function listenForWake({ cameOnline, wentOffline, shownAgain }: WakeListener): () => void {
  const { document: page } = globalThis;
  // In Node it has no listeners.
  const window: Partial<EventTarget> = globalThis;
  const visibilityChanged = (): void => {
    if (page.visibilityState === 'visible') shownAgain();
  };
  const listened: readonly [Partial<EventTarget> | undefined, string, () => void][] = [
    [window, 'online', cameOnline],
    [window, 'offline', wentOffline],
    [window, 'pageshow', shownAgain],
    [page, 'visibilitychange', visibilityChanged],
    [page, 'resume', shownAgain],
  ];
  for (const [target, name, listener] of listened) target?.addEventListener?.(name, listener);
  return () => {
    for (const [target, name, listener] of listened) target?.removeEventListener?.(name, listener);
  };
}

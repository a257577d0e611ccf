// What happens to a page from outside that matters to its connection: the network has come back or gone, somebody looks at the
// page again, after a sleep perhaps, or at another one; the browser freezes it, or puts it aside. In Node there is none of it.

export interface WakeListener {
  cameOnline(): void;
  /** The browser says so; that a connection is dead it does not say. */
  wentOffline(): void;
  /** The page is shown again. */
  shownAgain(): void;
  /** Nobody sees the page any more, or yet. */
  hidden(): void;
  /** Nothing more runs here until `resumed`, which may never come. */
  frozen(): void;
  /** It runs again, shown or not; also when it was not frozen. */
  resumed(): void;
}

/** @returns what ends it */
export function listenForWake(owner: WakeListener): () => void {
  const { cameOnline, wentOffline, shownAgain, hidden, frozen, resumed } = owner;
  const { document: page } = globalThis;
  // In Node it has no listeners.
  const window: Partial<EventTarget> = globalThis;
  const visibilityChanged = (): void => {
    if (page.visibilityState === 'visible') shownAgain();
    else hidden();
  };
  const listened: readonly [Partial<EventTarget> | undefined, string, () => void][] = [
    [window, 'online', cameOnline],
    [window, 'offline', wentOffline],
    [window, 'pageshow', resumed],
    [page, 'visibilitychange', visibilityChanged],
    [page, 'freeze', frozen],
    [page, 'resume', resumed],
  ];
  for (const [target, name, listener] of listened) target?.addEventListener?.(name, listener);
  if (page?.visibilityState === 'hidden') hidden();
  return () => {
    for (const [target, name, listener] of listened) target?.removeEventListener?.(name, listener);
  };
}

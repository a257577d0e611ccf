// The moments in which it pays to look at once whether a connection lives: the network has come back, or somebody looks at the page
// again, after a sleep perhaps. In Node there are none.

export interface WakeListener {
  cameOnline(): void;
  /** The page is shown again. */
  shownAgain(): void;
}

/** @returns what ends it */
export function listenForWake({ cameOnline, shownAgain }: WakeListener): () => void {
  const { document: page } = globalThis;
  const visibilityChanged = (): void => {
    if (page.visibilityState === 'visible') shownAgain();
  };
  globalThis.addEventListener?.('online', cameOnline);
  page?.addEventListener('visibilitychange', visibilityChanged);
  return () => {
    globalThis.removeEventListener?.('online', cameOnline);
    page?.removeEventListener('visibilitychange', visibilityChanged);
  };
}

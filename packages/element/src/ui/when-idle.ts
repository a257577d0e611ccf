// For what is worth doing, but not worth a key press.

const WITHIN_MS = 1_000;

/** Safari has no idle callback yet. */
export const whenIdle = (callback: () => void): void => {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(callback, { timeout: WITHIN_MS });
  else setTimeout(callback, 200);
};

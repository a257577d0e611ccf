// Keeps the app for when there is no network, and notices when this page is of an older release than the server's. Browsers
// allow it on HTTPS and on one's own machine alone; elsewhere the app opens with a connection.

/** What the service worker says of itself. */
interface Told {
  readonly weftRelease?: unknown;
}

/** @param outdated  called once, when a newer release is there */
export function keepApp(outdated: () => void): void {
  // Without a build there is nothing to keep.
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const { serviceWorker } = navigator;
  // Of all languages alike: another one, which somebody chose in another tab, is not a newer release.
  const { release } = document.documentElement.dataset;
  const told = ({ data }: MessageEvent<Told | null>): void => {
    const newest = data?.weftRelease;
    if (typeof newest !== 'string' || newest === release) return;
    serviceWorker.removeEventListener('message', told);
    outdated();
  };
  serviceWorker.addEventListener('message', told);
  serviceWorker.startMessages();
  // A browser that refuses goes without.
  const registered = serviceWorker.register('/service-worker.js').catch(() => null);
  const look = (): void => {
    if (!document.hidden) void registered.then((registration) => registration?.update().catch(() => {}));
  };
  // Browsers look by themselves, but take their time: a page in another language than the kept one is to be kept, too.
  look();
  // A page that stays open for days hears of a release when somebody looks at it, or the network is back.
  document.addEventListener('visibilitychange', look);
  addEventListener('online', look);
}

// Keeps the app's shell in the browser, so that a document opens from its local copy without a network. It has the page, its
// scripts, styles and fonts, and nothing else: what the server answers about people and documents is never kept, nor are the
// pages of signing in. While the server answers, its own page is shown, so that a new release is there at once.

import { outlivedShells, shellName } from './kept-shells.js';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: what the page loads at once, and a hash of it. */
declare const WEFT_SHELL: {
  /** Of the page and its scripts. */
  readonly language: string;
  /** That there are. */
  readonly languages: readonly string[];
  readonly version: string;
  /** The same in all languages. */
  readonly release: string;
  readonly page: string;
  readonly files: readonly string[];
};

const shell = WEFT_SHELL;

const NAME = shellName(shell.language, shell.version);
const PAGE = '/';
/** A network that has not brought the page by then is taken for none. */
const PATIENCE_MS = 3_000;

const isPage = ({ pathname }: URL): boolean =>
  pathname === PAGE || pathname === '/kept' || pathname === '/trash' || /^\/(d|history)\//.test(pathname);

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (request.mode === 'navigate' && isPage(url)) event.respondWith(page(request));
  else if (url.pathname.startsWith('/assets/') || shell.files.includes(url.pathname)) {
    event.respondWith(part(request));
  }
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(NAME);
  const keep = async (file: string, address: string, requestCache: RequestCache = 'default'): Promise<void> => {
    const answer = await fetch(file, { cache: requestCache });
    if (!isThat(new URL(address, location.origin), answer)) throw new Error(`${file} is not to be had.`);
    await cache.put(address, answer);
  };
  // The page by its newest: what HTTP keeps of it may be of the release before.
  await Promise.all([keep(shell.page, PAGE, 'reload'), ...shell.files.map((file) => keep(file, file))]);
  await self.skipWaiting();
}

/** Whether it is what was asked for, and not where something on the way has one sign in first. */
function isThat(url: URL, { ok, redirected, headers }: Response): boolean {
  const isHtml = headers.get('content-type')?.startsWith('text/html') === true;
  return ok && !redirected && isHtml === isPage(url);
}

async function takeOver(): Promise<void> {
  const outlived = outlivedShells(await caches.keys(), shell.language, shell.languages);
  await Promise.all(outlived.map((name) => caches.delete(name)));
  await self.clients.claim();
  // Pages of another release say so.
  const pages = await self.clients.matchAll({ type: 'window' });
  for (const client of pages) client.postMessage({ weftRelease: shell.release });
}

/** The server's, if it answers soon and not with a failure of its own; else the kept one. */
async function page(request: Request): Promise<Response> {
  const answer = fetch(request);
  // Who waits no longer has not failed to look.
  answer.catch(() => {});
  const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const inTime = await Promise.race([answer, patience]).catch(() => null);
  if (inTime !== null && inTime.status < 500) return inTime;
  return (await keptPage()) ?? answer;
}

async function keptPage(): Promise<Response | undefined> {
  const cache = await caches.open(NAME);
  return cache.match(PAGE, { ignoreVary: true });
}

/** Named by its content, so that a kept one is the right one; what was loaded later is kept from then on. */
async function part(request: Request): Promise<Response> {
  // The answer says that it varies with who asks; these files do not.
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (isThat(new URL(request.url), answer)) {
    const cache = await caches.open(NAME);
    await cache.put(request, answer.clone());
  }
  return answer;
}

// What tells that something hostile has come to life in a window: a script that ran, an element or attribute that could run one, a
// request to anywhere else than the server, and anything that only the content security policy stopped.

import type { BrowserContext } from '@playwright/test';

/** What hostile content does as soon as it runs, in whatever frame. */
export const PWNED = 'top.__pwned=1';

/**
 * Chromium (156) holds markup that is parsed and never shown to the policy of the page that parses it, and complains of it. It could run
 * nothing and load nothing.
 */
export const parsedMarkup: readonly RegExp[] = [
  /^Executing inline event handler violates/,
  /^Applying inline style violates/,
  /^Setting the document's base URI to/,
];

export class Canary {
  readonly #reports = new Set<string>();
  readonly #homes: readonly string[];

  private constructor(homes: readonly string[]) {
    this.#homes = homes.map((home) => new URL(home).host);
  }

  /** Watches all pages of a window from their next address on. @param homes  addresses that may be asked, the server's first */
  static async watch(context: BrowserContext, ...homes: readonly string[]): Promise<Canary> {
    const canary = new Canary(homes);
    await context.addInitScript(
      (origins) => Object.assign(window, { canaryHomes: origins }),
      homes.map((home) => new URL(home).origin),
    );
    await context.exposeBinding('reportToCanary', (_source, report: string) => canary.#reports.add(report));
    await context.addInitScript(watchPage);
    const requested = (address: string): void => {
      const { protocol, host } = new URL(address);
      const isOwn = canary.#homes.includes(host) || protocol === 'blob:';
      if (!isOwn && address !== 'about:blank') canary.#reports.add(`request: ${address.slice(0, 200)}`);
    };
    context.on('request', (request) => requested(request.url()));
    context.on('page', (page) => page.on('websocket', (socket) => requested(socket.url())));
    for (const page of context.pages()) page.on('websocket', (socket) => requested(socket.url()));
    return canary;
  }

  /** Nothing, if all is well. */
  get reports(): readonly string[] {
    return [...this.#reports];
  }
}

/** Runs in every frame, before anything else does. */
function watchPage(): void {
  const report = (what: string): void => {
    void (window as unknown as { reportToCanary(what: string): Promise<void> }).reportToCanary(what);
  };
  Object.defineProperty(window, '__pwned', {
    get: () => undefined,
    set: () => report(`a script ran: ${new Error().stack}`),
  });
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, target }) => {
    // Of an element on the page it is told there.
    const isParsed =
      target === document && /^(script-src-attr|style-src-attr|style-src-elem|base-uri)$/.test(effectiveDirective);
    if (!isParsed) report(`policy: ${effectiveDirective} ${blockedURI.slice(0, 200)}`);
  });

  const forbidden =
    'iframe, frame, frameset, object, embed, applet, base, meta[http-equiv], math, foreignObject, animate, set, use, form[action], ' +
    'portal, audio, video, source, track, area, marquee, template[shadowrootmode]';
  const address =
    /^(href|src|xlink:href|action|formaction|data|poster|srcset|background|ping|cite|longdesc|manifest)$/i;
  const isOwnFile = (value: string): boolean => {
    const url = URL.parse(value, location.href);
    const { canaryHomes } = window as unknown as { canaryHomes: readonly string[] };
    return url?.origin === location.origin || url?.protocol === 'blob:' || canaryHomes.includes(url?.origin ?? '');
  };
  const look = (element: Element): void => {
    const tag = element.localName;
    const shown = element.outerHTML.slice(0, 200);
    if (element.matches(forbidden)) report(`element: ${shown}`);
    const file = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
    const isAsset = /^\/assets\/[\w.-]+$/.test(URL.parse(file, location.href)?.pathname ?? '') && isOwnFile(file);
    const isOurs = isAsset || (tag === 'link' && isOwnFile(file));
    if (/^(script|link)$/.test(tag) && !isOurs) report(`element: ${shown}`);
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name) || name === 'srcdoc') report(`attribute: ${shown}`);
      if (!address.test(name)) continue;
      const scheme = URL.parse(value, location.href)?.protocol ?? '';
      const schemes = tag === 'a' ? /^(https?|mailto|tel|blob):$/ : /^(https?|blob):$/;
      if (!schemes.test(scheme) || (tag !== 'a' && !isOwnFile(value))) report(`address: ${shown}`);
    }
    // Whatever one can point the style at: our own say colours and sizes.
    if (/url\(|expression|@import/i.test(element.getAttribute('style') ?? '')) report(`style: ${shown}`);
  };
  const lookAll = (node: Node): void => {
    if (!(node instanceof Element)) return;
    look(node);
    for (const inner of node.querySelectorAll('*')) look(inner);
  };
  const changed = new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === 'attributes') look(target as Element);
      for (const node of addedNodes) lookAll(node);
    }
  });
  const everything = { subtree: true, childList: true, attributes: true };
  changed.observe(document, everything);
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    changed.observe(root, everything);
    return root;
  };
}

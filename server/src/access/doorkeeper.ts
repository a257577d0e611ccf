// Who knocks: the address a request comes from, the name it was sent to, and the page that sent it. Asked before anything
// else is done with a request, for HTTP and WebSockets alike. What proxies say is believed from those named alone.

import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { DoorSettings } from '../door-settings.js';

/** What is read of a request: an `IncomingMessage` is one. */
export interface Knock {
  readonly headers: IncomingHttpHeaders;
  /** Names and values, one after the other, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: boolean };
}

export interface Visitor {
  /** An IP address; '' when the connection is gone already. */
  readonly address: string;
  /** Name and port that the request was sent to, in small letters. */
  readonly host: string;
  /** Whether it came over TLS, to us or to the proxy. */
  readonly isSecure: boolean;
  /** The page that asks. `none`: a program, or a visit; `own`: ours; `listed`: one of those in `door.origins`. */
  readonly page: 'none' | 'own' | 'listed' | 'foreign';
  /** Whether it may change something or connect, as far as the page is concerned. */
  readonly mayChange: boolean;
}

export type Judgement =
  | { readonly ok: true; readonly visitor: Visitor }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly reason: string };

/** Header lines of one request at most: more are no browser's and no proxy's. */
const MAX_HEADERS = 100;

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,255})(?::(\d{1,5}))?$/;

export class Doorkeeper {
  readonly #settings: DoorSettings;
  readonly #isOpen: boolean;
  readonly #proxies = new BlockList();

  /**
   * @param isOpen whoever comes in may do everything. A page that had its name pointed at this machine (DNS rebinding)
   *   is then all it takes, and names nobody has named are turned away.
   */
  constructor(settings: DoorSettings, { isOpen }: { readonly isOpen: boolean }) {
    this.#settings = settings;
    this.#isOpen = isOpen;
    for (const range of settings.trustedProxies) {
      const [address = '', bits] = range.split('/');
      const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
      if (bits === undefined) this.#proxies.addAddress(address, family);
      else this.#proxies.addSubnet(address, Number(bits), family);
    }
  }

  judge({ headers, rawHeaders, socket }: Knock): Judgement {
    if (rawHeaders.length > 2 * MAX_HEADERS) {
      return { ok: false, status: 431, code: 'TOO_MANY_HEADERS', reason: `Send at most ${MAX_HEADERS} headers.` };
    }
    const isFromProxy = this.isProxy(socket.remoteAddress ?? '');
    const forwardedHost = isFromProxy ? single(headers['x-forwarded-host']) : null;
    const host = (forwardedHost ?? headers.host ?? '').toLowerCase();
    const name = HOST.exec(host)?.[1];
    if (name === undefined || countOf(rawHeaders, 'host') !== 1) {
      return { ok: false, status: 400, code: 'BAD_HOST', reason: 'A request has to say which host it is for, once.' };
    }
    if (!this.#isKnownHost(host, name)) {
      const reason = `This server does not answer to the name "${name}". If it should, list it in "door.hosts" of the configuration.`;
      return { ok: false, status: 421, code: 'UNKNOWN_HOST', reason };
    }
    const isSecure = socket.encrypted === true || (isFromProxy && single(headers['x-forwarded-proto']) === 'https');
    const address = this.#addressOf(socket.remoteAddress ?? '', isFromProxy ? headers['x-forwarded-for'] : undefined);
    const page = this.#pageOf(headers.origin, host, isSecure);
    const mayChange = page === 'none' ? isOfProgram(headers) : page !== 'foreign';
    return { ok: true, visitor: { address, host, isSecure, page, mayChange } };
  }

  /** Whether this address is one of `door.trustedProxies`. */
  isProxy(address: string): boolean {
    if (this.#settings.trustedProxies.length === 0) return false;
    const plain = withoutMapping(address);
    const family = isIP(plain);
    return family !== 0 && this.#proxies.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }

  /** An address cannot be pointed elsewhere, and `localhost` is nobody else's to point. */
  #isKnownHost(host: string, name: string): boolean {
    const { hosts } = this.#settings;
    if (hosts.includes(host) || hosts.includes(name)) return true;
    if (!this.#isOpen) return hosts.length === 0 || isLoopback(name);
    return name === 'localhost' || isIP(name) === 4 || name.startsWith('[');
  }

  #addressOf(remote: string, forwardedFor: string | string[] | undefined): string {
    const chain = [...(forwardedFor === undefined ? [] : String(forwardedFor).split(',')), remote];
    // From us outwards: each address was written by the one before, so the first that is no proxy of ours is the client.
    for (const said of chain.reverse()) {
      const address = withoutMapping(said.trim());
      if (isIP(address) === 0) break;
      if (!this.isProxy(address)) return address;
    }
    return withoutMapping(remote);
  }

  #pageOf(origin: string | undefined, host: string, isSecure: boolean): Visitor['page'] {
    if (origin === undefined) return 'none';
    if (this.#settings.origins.includes(origin)) return 'listed';
    return isOriginOf(origin, host, isSecure) ? 'own' : 'foreign';
  }
}

/** With `isSecure` the page has to be, too; without it a proxy nobody told us of may speak TLS for us. */
function isOriginOf(origin: string, host: string, isSecure: boolean): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.origin !== origin || !(url.protocol === 'https:' || (url.protocol === 'http:' && !isSecure))) return false;
  return URL.canParse(`${url.protocol}//${host}`) && new URL(`${url.protocol}//${host}`).host === url.host;
}

/** A browser names the page whenever it connects or changes something: with a cookie and without a page it is odd. */
const isOfProgram = (headers: IncomingHttpHeaders): boolean =>
  headers.cookie === undefined || headers['sec-fetch-site'] === 'same-origin';

const isLoopback = (name: string): boolean => name === 'localhost' || name.startsWith('127.') || name === '[::1]';

/** `::ffff:1.2.3.4` is 1.2.3.4. */
const withoutMapping = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** Of a list, the last: that is what the proxy next to us said. */
const single = (header: string | string[] | undefined): string | null =>
  header === undefined ? null : (String(header).split(',').at(-1)?.trim() ?? null);

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]!.toLowerCase() === name) count += 1;
  return count;
}

/** Who shares a line: an IPv4 address, or the /64 that an IPv6 address is in. */
export function lineOf(address: string): string {
  if (!address.includes(':') || isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const after = tail === undefined ? [] : tail.split(':').filter((group) => group !== '');
  const missing = Math.max(0, 8 - groups.length - after.length);
  return [...groups, ...Array<string>(missing).fill('0'), ...after].slice(0, 4).join(':');
}

// A server that lets everybody do everything is for the machine it runs on, unless somebody says that they mean it.

import type { DoorSettings } from '../door-settings.js';
import { SyncError } from '../sync-error.js';

/** Names and addresses that nobody reaches from another machine. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i.test(host);

/** @throws SyncError `BAD_USAGE` when everybody who reaches this server would be let in, and nobody has said that they shall */
export function refuseOpenDoor({
  host,
  door,
  isOpen,
  allowsAnonymous,
}: {
  readonly host: string;
  /** A server that has a name elsewhere, or a proxy before it, is not for this machine alone, wherever it listens. */
  readonly door: Pick<DoorSettings, 'hosts' | 'trustedProxies'>;
  readonly isOpen: boolean;
  readonly allowsAnonymous: boolean;
}): void {
  if (!isOpen || allowsAnonymous) return;
  const name = door.hosts.find((text) => !isLoopback(nameOf(text)));
  const reached = !isLoopback(host) ? host : (name ?? (door.trustedProxies.length > 0 ? 'the proxy before it' : null));
  if (reached === null) return;
  const say = isLoopback(host)
    ? 'Say who may in the section "access" of the configuration (see docs/configuration.md), or'
    : 'Say who may with --config FILE (see docs/configuration.md), listen on 127.0.0.1 alone, or';
  throw new SyncError(
    'BAD_USAGE',
    `Nothing says who may come in, so everybody who can reach ${reached} could read and change every document. ${say} ` +
      'add --allow-anonymous if that is what you want.',
  );
}

/** Without its port. */
const nameOf = (host: string): string => new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');

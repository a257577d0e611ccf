// A server that lets everybody do everything is for the machine it runs on, unless somebody says that they mean it.

import { SyncError } from '../sync-error.js';

/** Names and addresses that nobody reaches from another machine. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i.test(host);

/** @throws SyncError `BAD_USAGE` when everybody who reaches `host` would be let in, and nobody has said that they shall */
export function refuseOpenDoor({
  host,
  isOpen,
  allowsAnonymous,
}: {
  readonly host: string;
  readonly isOpen: boolean;
  readonly allowsAnonymous: boolean;
}): void {
  if (!isOpen || allowsAnonymous || isLoopback(host)) return;
  throw new SyncError(
    'BAD_USAGE',
    `Nothing says who may come in, so everybody who can reach ${host} could read and change every document. Say who may ` +
      'with --config FILE (see docs/configuration.md), listen on 127.0.0.1 alone, or add --allow-anonymous if that is what ' +
      'you want.',
  );
}

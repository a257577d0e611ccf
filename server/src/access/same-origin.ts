// Whether a request comes from a page of this server. A browser says which page asks; programs say nothing.

import type { IncomingHttpHeaders } from 'node:http';

export function isSameOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

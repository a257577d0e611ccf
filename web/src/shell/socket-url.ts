// Where the app connects. The address names the document of the page, in the one spelling that every page of it has, so that a balancer
// can choose a node by it (docs/proxy.md).

import { documentPath, parseDocumentPath } from '@weft/protocol';

export function socketUrl({ origin, pathname }: Pick<Location, 'origin' | 'pathname'>): string {
  const [, path = ''] = /^\/(?:d|history)\/(.+)/.exec(pathname) ?? [];
  const parsed = parseDocumentPath(path);
  return `${origin.replace('http', 'ws')}/weft${parsed.ok ? `?document=${documentPath(parsed.name)}` : ''}`;
}

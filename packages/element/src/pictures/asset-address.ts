// The addresses of files that belong to documents, as a text names them: within this server, with the points of a picture behind,
// so that there is room for it before it has come.

import { parseDocumentPath } from '@weft/protocol';

export interface AssetAddress {
  /** The document it belongs to. */
  readonly document: string;
  /** Without what is behind the #. */
  readonly path: string;
  /** Where this page asks for it. */
  readonly url: string;
  readonly size: { readonly width: number; readonly height: number } | null;
}

const PATH = /^\/api\/v1\/documents\/(.+)\/assets\/[0-9a-f]{64}$/;
const SIZE = /^#(\d{1,5})x(\d{1,5})$/;

/** Null when it is at another address. */
export function readAssetAddress(src: string, origin: string): AssetAddress | null {
  const url = URL.parse(src, origin);
  const [, path] = (url?.origin === origin && PATH.exec(url.pathname)) || [];
  const parsed = path === undefined ? null : parseDocumentPath(path);
  if (!url || !parsed?.ok) return null;
  const [, width, height] = SIZE.exec(url.hash) ?? [];
  const size = width && height ? { width: Number(width), height: Number(height) } : null;
  const isHere = origin === globalThis.location?.origin;
  const asked = isHere ? url.pathname : origin + url.pathname;
  return {
    document: parsed.name,
    path: url.pathname,
    url: asked,
    size: size && size.width * size.height > 0 ? size : null,
  };
}

export const withSize = (url: string, width: number | null, height: number | null): string =>
  width && height ? `${url}#${width}x${height}` : url;

/** Where a picture is shown from that the browser loads by itself: a file of a document, and nothing else that can be asked for here. */
export const pictureSource = (src: string): string | null => readAssetAddress(src, location.origin)?.path ?? null;

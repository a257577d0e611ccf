// Where the files of a document are: /api/v1/documents/{name}/assets. A name has slashes, and what is behind it is no more a part
// of the route than the rest, so such addresses are routed as /api/v1/assets/{name}, and the others as they are.

import { type DocumentName, documentPath } from '@weft/protocol';
import type { AssetId } from '../assets/asset-record.js';

/** Routes behind which the name follows, and perhaps an id. */
export const ASSET_ROUTE = '/api/v1/assets/*';

const UPLOAD = /^\/api\/v1\/documents\/([^?]+)\/assets(\?.*)?$/;
const DOWNLOAD = /^\/api\/v1\/documents\/([^?]+\/)assets\/([0-9a-f]{64})(\?.*)?$/;

interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** Whether the body is a file, and may be long in coming. */
export const isUpload = ({ method, url = '' }: Asked): boolean => method === 'POST' && UPLOAD.test(url);

/** The address a request is routed by. A document of which the name ends as an upload's address does is told apart by the method. */
export function routedAssetPath({ method, url = '' }: Asked): string {
  const prefix = ASSET_ROUTE.slice(0, -1);
  if (method === 'POST') return url.replace(UPLOAD, (_, name: string, query = '') => prefix + name + query);
  return url.replace(DOWNLOAD, (_, name: string, id: string, query = '') => prefix + name + id + query);
}

/** As a page may ask for it. */
export const assetUrl = (document: DocumentName, id: AssetId): string =>
  `/api/v1/documents/${documentPath(document)}/assets/${id}`;

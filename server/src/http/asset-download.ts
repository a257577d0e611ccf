// A file of a document, to whoever may read the document: with headers that let a page show a picture and nothing run, whatever
// its bytes are taken for, and kept by the browser of whoever asked.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Asset } from '../assets/asset-record.js';
import type { AssetStore } from '../assets/asset-store.js';
import { isPicture } from '../assets/asset-type.js';
import { fail } from './answers.js';
import { byteRange } from './byte-range.js';

/** Who reads nothing of what was sent to them for so long is not waited for. */
const STALLED_MS = 60_000;

interface DownloadOptions {
  readonly files: AssetStore['files'];
  readonly complain: (sentence: string) => void;
}

export async function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  asset: Asset,
  { files, complain }: DownloadOptions,
): Promise<FastifyReply> {
  const { bytes, id } = asset;
  const etag = `"${id}"`;
  const { 'if-none-match': known, 'if-range': ifRange, range: rangeHeader } = request.headers;
  if (known !== undefined && isAmong(known, etag)) {
    // What is kept goes on under the headers of this answer.
    setCacheHeaders(reply, etag);
    setSafeHeaders(reply, asset);
    return reply.code(304).send();
  }
  const range = ifRange === undefined || ifRange === etag ? byteRange(rangeHeader, bytes) : null;
  if (range === 'none') {
    reply.header('Content-Range', `bytes */${bytes}`);
    return fail(reply, 416, 'NO_SUCH_RANGE', `The file has ${bytes} bytes, and none where you asked.`);
  }
  const { first, last } = range ?? { first: 0, last: bytes - 1 };
  const begin = (): FastifyReply => {
    setCacheHeaders(reply, etag);
    setSafeHeaders(reply, asset);
    if (range !== null) reply.code(206).header('Content-Range', `bytes ${first}-${last}/${bytes}`);
    return reply.header('Content-Length', last - first + 1);
  };
  if (request.method === 'HEAD') return begin().send();
  const file = await opened(asset, files);
  if (typeof file === 'string') {
    complain(file);
    return fail(
      reply,
      500,
      'FILE_DAMAGED',
      'This file is missing or damaged on the server. Whoever runs it has been told.',
    );
  }
  reply.raw.setTimeout(STALLED_MS, () => void reply.raw.destroy());
  return begin().send(file.stream({ first, last }));
}

/** @returns why it cannot be sent, in a sentence */
async function opened({ id, bytes }: Asset, files: AssetStore['files']) {
  try {
    const file = await files.open(id);
    if (file.bytes === bytes) return file;
    await file.close();
    return `The file ${files.whereIs(id)} has ${file.bytes} bytes instead of ${bytes}. Bring it back with weft restore-backup.`;
  } catch (error) {
    return (error as Error).message;
  }
}

const isAmong = (header: string, etag: string): boolean =>
  header === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);

/** What is under this address never changes; whose it is depends on who asks, also in the cache of one browser. */
function setCacheHeaders(reply: FastifyReply, etag: string): void {
  reply.header('ETag', etag);
  reply.header('Cache-Control', 'private, max-age=31536000, immutable');
  reply.header('Vary', 'Origin, Authorization, Cookie, Weft-Guest, Weft-Link');
}

function setSafeHeaders(reply: FastifyReply, { type, name }: Asset): void {
  reply.header('Content-Type', type);
  reply.header('Content-Disposition', `${isPicture(type) ? 'inline' : 'attachment'}; ${fileNameParts(name)}`);
  reply.header('Accept-Ranges', 'bytes');
  reply.header('Content-Security-Policy', "default-src 'none'; sandbox");
  reply.header('Cross-Origin-Resource-Policy', 'same-origin');
}

/** RFC 6266: for those who read only ASCII, and as it is. */
function fileNameParts(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*!]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${plain}"; filename*=UTF-8''${encoded}`;
}

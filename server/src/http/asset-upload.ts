// A file that somebody adds to a document: judged by what its request says before any of it is read, by its first bytes as soon as
// they are there, and written to the disk as it comes. Nobody holds it in memory.

import type { DocumentName } from '@weft/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../access/identity.js';
import { assetName } from '../assets/asset-name.js';
import type { AssetStore, KeepResult, ReceiveResult } from '../assets/asset-store.js';
import { type AssetType, isPicture } from '../assets/asset-type.js';
import type { Limits } from '../limits.js';
import type { DocumentLog } from '../log/document-log.js';
import type { StorageHealth } from '../log/storage-health.js';
import { TokenBuckets } from '../token-bucket.js';
import { fail, notFound } from './answers.js';
import { assetUrl } from './asset-path.js';
import { senderOf } from './sender-of.js';
import { BodyBrokenOff, type Patience, piecesOf } from './slow-body.js';
import { NotSaved, troubles, unlessInTrouble } from './storage-trouble.js';

export interface UploadOptions {
  readonly assets: AssetStore;
  readonly log: DocumentLog;
  readonly storage: StorageHealth;
  readonly limits: Limits;
}

/** As a picture it would take four times as many bytes in the browser of everybody who reads: 256 MiB. */
const MOST_POINTS = 64 * 1024 * 1024;
/** Files that come at once: of one sender (`senderOf`), and of all. */
const AT_ONCE_OF_ONE = 8;
const AT_ONCE = 256;
/** Who sends slower keeps a place for next to nothing. */
const PATIENCE: Patience = { idleMs: 15_000, leastBytesPerSecond: 4096 };
/** What a form of another site can send without having been asked. */
const FORM_TYPES = /^\s*(?:text\/plain|multipart\/form-data|application\/x-www-form-urlencoded)?\s*(?:;|$)/i;
const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** As people's systems count, and never more than it is. */
const megabytes = (bytes: number): string => `${Math.max(1, Math.floor(bytes / 1_000_000))} MB`;

export class Uploads {
  readonly #options: UploadOptions;
  readonly #rates: TokenBuckets;
  readonly #running = new Map<string, number>();
  #count = 0;

  constructor(options: UploadOptions) {
    this.#options = options;
    this.#rates = new TokenBuckets(options.limits.fileBytesPerSecond, options.limits.fileBytesAtOnce);
  }

  /**
   * @param identity of somebody who may write in the document
   * @param rights   aborted when they may not any more
   * @returns        null when that was so before the file was added: then nothing of it stays, and it is still to be answered
   */
  async take(
    request: FastifyRequest,
    reply: FastifyReply,
    document: DocumentName,
    identity: Identity,
    rights: AbortSignal,
  ): Promise<FastifyReply | null> {
    const bytes = await this.#judgeHead(request, reply, document);
    if (bytes === null) return reply;
    const sender = senderOf(identity, request.visitor.address);
    if (!this.#mayBegin(reply, sender, bytes)) return reply;
    this.#began(sender);
    try {
      return await this.#receive(request, reply, document, identity, rights);
    } finally {
      this.#ended(sender);
    }
  }

  /** What can be told without reading any of it. @returns how long it is, or null once it was refused */
  async #judgeHead(request: FastifyRequest, reply: FastifyReply, document: DocumentName): Promise<number | null> {
    const { assets, limits, storage } = this.#options;
    const { 'content-length': length = '', 'content-type': said = '' } = request.headers;
    const trouble = troubles[storage.state];
    if (trouble !== null) throw new NotSaved(`${trouble} Try again later.`);
    if (FORM_TYPES.test(said)) {
      fail(
        reply,
        415,
        'NO_FILE',
        'Send the bytes of the file alone, as application/octet-stream or as a type of their own.',
      );
    } else if (!/^\d{1,15}$/.test(length)) {
      fail(reply, 411, 'LENGTH_REQUIRED', 'Say in Content-Length how many bytes the file has.');
    } else if (Number(length) === 0) {
      fail(reply, 400, 'EMPTY_FILE', 'The file is empty.');
    } else if (Number(length) > limits.fileBytes) {
      this.#tooLarge(reply);
    } else {
      const { files, bytes } = await assets.usage(document);
      // One that the document has already takes no more room: which it is shows at the end.
      if (bytes < limits.fileBytesPerDocument && files <= limits.filesPerDocument) return Number(length);
      this.#full(reply);
    }
    return null;
  }

  #mayBegin(reply: FastifyReply, sender: string, bytes: number): boolean {
    const running = this.#running.get(sender) ?? 0;
    const isCrowded = running >= AT_ONCE_OF_ONE || this.#count >= AT_ONCE;
    const waitMs = isCrowded ? 1000 : this.#rates.take(sender, bytes);
    if (waitMs === 0) return true;
    reply.header('Retry-After', Math.ceil(waitMs / 1000));
    const what = isCrowded ? 'Too many files are being sent at once.' : 'You have sent many files in a short time.';
    fail(reply, 429, 'TOO_MANY', `${what} Send this one again in ${inWords(waitMs)}.`);
    return false;
  }

  async #receive(
    request: FastifyRequest,
    reply: FastifyReply,
    document: DocumentName,
    { person }: Identity,
    rights: AbortSignal,
  ): Promise<FastifyReply | null> {
    const { assets, log, limits, storage } = this.#options;
    const wantsPicture = /^\s*image\//i.test(request.headers['content-type'] ?? '');
    const mayBe = (type: AssetType): boolean => !wantsPicture || isPicture(type);
    const wasThere = (await log.document(document)) !== null;
    const stop = new AbortController();
    let coming = Promise.resolve<ReceiveResult | null>(null);
    let result: ReceiveResult | null = null;
    let kept: KeepResult;
    try {
      const pieces = piecesOf(request.raw, AbortSignal.any([stop.signal, rights]), PATIENCE);
      result = await unlessInTrouble(storage, () => {
        const receiving = assets.receive(pieces, limits.fileBytes, mayBe);
        coming = receiving;
        return receiving;
      });
      if (!result.ok) return result.why === 'too-large' ? this.#tooLarge(reply) : noPicture(reply);
      const { received } = result;
      if ((received.width ?? 0) * (received.height ?? 0) > MOST_POINTS) {
        await assets.discard(received);
        return tooManyPoints(reply, received.width!, received.height!);
      }
      const { name: said } = request.query as { readonly name?: unknown };
      kept = await unlessInTrouble(storage, () =>
        assets.keep(received, {
          document,
          name: assetName(typeof said === 'string' ? said : '', received.type),
          person,
          addedAtMs: Date.now(),
          mostBytes: limits.fileBytesPerDocument,
          mostFiles: limits.filesPerDocument,
          // A picture may be the first of a new document; one that was erased meanwhile is not made again.
          exists: async () =>
            !rights.aborted && ((await log.document(document)) !== null || (!wasThere && (await make(log, document)))),
        }),
      );
    } catch (error) {
      stop.abort(error);
      // It may have come whole when nobody waited for it any more.
      const discardLate = (late: ReceiveResult | null) => (late?.ok ? assets.discard(late.received) : undefined);
      if (result === null) coming.then(discardLate).catch(() => undefined);
      return rights.aborted && error === rights.reason ? null : troubled(reply, error);
    }
    if (!kept.ok && rights.aborted) return null;
    if (!kept.ok) return kept.why === 'full' ? this.#full(reply) : notFound(reply);
    const { id, name, bytes, type, width, height } = kept.asset;
    const url = assetUrl(document, id);
    return reply.code(kept.isNew ? 201 : 200).send({ id, url, name, bytes, type, width, height });
  }

  #tooLarge(reply: FastifyReply): FastifyReply {
    const most = megabytes(this.#options.limits.fileBytes);
    return fail(
      reply,
      413,
      'FILE_TOO_LARGE',
      `A file may have ${most} at most. Make it smaller, or put it elsewhere and link to it.`,
    );
  }

  #full(reply: FastifyReply): FastifyReply {
    const { fileBytesPerDocument, filesPerDocument } = this.#options.limits;
    const most = `${filesPerDocument} files of ${megabytes(fileBytesPerDocument)} together`;
    return fail(
      reply,
      507,
      'DOCUMENT_FULL',
      `A document may have ${most}, and this one would have more. Go on in another one.`,
    );
  }

  #began(sender: string): void {
    this.#count += 1;
    this.#running.set(sender, (this.#running.get(sender) ?? 0) + 1);
  }

  #ended(sender: string): void {
    this.#count -= 1;
    const left = this.#running.get(sender)! - 1;
    if (left === 0) this.#running.delete(sender);
    else this.#running.set(sender, left);
  }
}

async function make(log: DocumentLog, document: DocumentName): Promise<boolean> {
  await log.createDocument(document, Date.now());
  return true;
}

function noPicture(reply: FastifyReply): FastifyReply {
  const kinds = 'PNG, JPEG, GIF, WebP and AVIF pictures are shown, and this is none of them';
  return fail(reply, 415, 'NO_PICTURE', `Only ${kinds}. It can be attached as a file.`);
}

function tooManyPoints(reply: FastifyReply, width: number, height: number): FastifyReply {
  const size = `${width} × ${height} points`;
  return fail(reply, 413, 'PICTURE_TOO_LARGE', `A picture of ${size} is more than browsers show. Make it smaller.`);
}

/** What kept it from being received. @throws what is a fault of ours */
function troubled(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof BodyBrokenOff) {
    return fail(reply, 408, 'BROKEN_OFF', 'The file did not come whole. Send it again.');
  }
  if (NO_ROOM.has((error as NodeJS.ErrnoException).code)) throw new NotSaved(`${troubles.full} Try again later.`);
  throw error;
}

const inWords = (ms: number): string =>
  ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} minutes`;

// The files of documents over HTTP: added by those who may write, read by those who may read, and not there for anybody else.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access } from '../access/access.js';
import { isAtLeast } from '../access/role-patterns.js';
import { parseAssetId } from '../assets/asset-record.js';
import { fail, nameIn, notFound } from './answers.js';
import { sendAsset } from './asset-download.js';
import { ASSET_ROUTE } from './asset-path.js';
import { type UploadOptions, Uploads } from './asset-upload.js';
import type { IdentityOf } from './identity-of.js';
import { linkOf, roleIn, roleOf } from './role-in.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is a file, and not JSON. */
    takesFiles?: true;
  }
}

export interface AssetsOptions extends UploadOptions {
  readonly access: Access;
  readonly identityOf: IdentityOf;
  readonly complain: (sentence: string) => void;
}

type AssetRequest = FastifyRequest<{ Params: { '*': string } }>;

export async function serveAssets(app: FastifyInstance, options: AssetsOptions): Promise<void> {
  const { access, assets, complain, identityOf, log } = options;
  const uploads = new Uploads(options);

  const download = async (request: AssetRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const path = request.params['*'];
    const slash = path.lastIndexOf('/');
    const id = parseAssetId(path.slice(slash + 1));
    const document = nameIn(path.slice(0, Math.max(slash, 0)), reply);
    if (document === null) return reply;
    const role = await roleIn(access, await identityOf(request), document, linkOf(request));
    // For those without a role nobody looks.
    const asset = role === null || id === null ? null : await assets.find(document, id);
    return asset === null ? noSuchFile(reply) : sendAsset(request, reply, asset, { files: assets.files, complain });
  };

  const upload = async (request: AssetRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const document = nameIn(request.params['*'], reply);
    if (document === null) return reply;
    const identity = await identityOf(request);
    const rights = new AbortController();
    const watch = await access.watch(identity, document, linkOf(request), (role) => {
      if (!isAtLeast(role, 'editor')) rights.abort();
    });
    try {
      const mayWrite = isAtLeast(watch.role, 'editor');
      const answered = mayWrite ? await uploads.take(request, reply, document, identity, rights.signal) : null;
      if (answered !== null) return answered;
      if (roleOf(watch) === null || (await log.document(document)) === null) return notFound(reply);
      return fail(reply, 403, 'EDITORS_ONLY', 'You may read this document, but add nothing to it. Ask its owner.');
    } finally {
      watch.end();
    }
  };

  await app.register(async (scope) => {
    // The body is left where it is: it is read as it is written to the disk.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    scope.post(ASSET_ROUTE, { config: { takesFiles: true } }, upload);
    scope.head(ASSET_ROUTE, download);
    scope.get(ASSET_ROUTE, download);
  });
}

/** One sentence for every reason. */
const noSuchFile = (reply: FastifyReply): FastifyReply =>
  fail(reply, 404, 'NOT_FOUND', 'There is no such file, or you may not see the document that it belongs to.');

// The HTTP side: the API, health, and the web app. Answers of the API are JSON; errors are `{ error: { code, message } }`.

import { randomUUID } from 'node:crypto';
import fastifyStatic from '@fastify/static';
import { parseDocumentName } from '@weft/protocol';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isSameOrigin } from '../access/same-origin.js';
import type { DocumentLog } from '../log/document-log.js';
import type { StorageHealth, StorageState } from '../log/storage-health.js';

export interface HttpOptions {
  readonly log: DocumentLog;
  readonly storage: StorageHealth;
  /** Folder with the built web app; null serves the API alone. */
  readonly webRoot: string | null;
  /** Whether this process takes work: false once it drains. */
  readonly isReady: () => boolean;
  /** How many losses were noticed that nobody has looked into yet. */
  readonly alarms: () => number;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

/** Why nothing can be saved now, for people. */
const troubles: Readonly<Record<StorageState, string | null>> = {
  ok: null,
  full: 'The disk of the server is full: nothing can be saved until there is room again.',
  failing: 'The server cannot write to its disk: nothing can be saved until it can again.',
};

const MAX_BODY_BYTES = 64 * 1024;
/** Scripts, styles and fonts of our own alone, none of them inline: the app sets colours through the CSSOM. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; " +
  "form-action 'self'";

export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { log, storage, webRoot, isReady, alarms, complain } = options;
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    // Documents share one page. It is served without a look at the name: what is wrong with one, the page says better.
    rewriteUrl: ({ url = '/' }) => (url.startsWith('/d/') ? '/' : url),
    frameworkErrors: (error, _request, reply) => fail(reply, error.statusCode ?? 400, 'BAD_REQUEST', error.message),
  });

  // Reading the answer is what browsers keep other sites from; asking for a change they let them, unless it is refused here.
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD' || isSameOrigin(request.headers)) return;
    return fail(reply, 403, 'OTHER_SITE', 'Pages of other sites cannot change anything here.');
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff');
    reply.header('Referrer-Policy', 'no-referrer');
    reply.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  });
  app.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, { method, url }, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 415) return fail(reply, status, 'NOT_JSON', 'Send the body as application/json.');
    if (status < 500) return fail(reply, status, 'BAD_REQUEST', error.message);
    complain(`The answer to ${method} ${url} failed over a fault of ours. ${error.stack ?? error.message}`);
    return fail(reply, 500, 'INTERNAL', 'Something failed in the server. Your documents are unharmed.');
  });

  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const { state } = storage;
    const reason = isReady() ? troubles[state] : 'The server is stopping.';
    if (reason === null) return { status: 'ready', alarms: alarms() };
    return reply.code(503).send({ status: 'not ready', reason, alarms: alarms() });
  });

  app.get('/api/v1/documents', async () => {
    const documents = await log.documents();
    return { documents: documents.sort((a, b) => b.updatedAtMs - a.updatedAtMs) };
  });
  app.post<{ Body: unknown }>('/api/v1/documents', async (request, reply) => {
    const wanted = wantedName(request.body);
    if (wanted === undefined) return fail(reply, 400, 'BAD_NAME', 'The name of a document has to be a text.');
    const parsed = parseDocumentName(wanted ?? randomUUID());
    if (!parsed.ok) return fail(reply, 400, 'BAD_NAME', parsed.reason);
    const isNew = await unlessInTrouble(storage, () => log.createDocument(parsed.name, Date.now()));
    if (typeof isNew === 'string') return fail(reply, 503, 'NOT_SAVED', `${isNew} Try again later.`);
    if (!isNew) {
      return fail(reply, 409, 'EXISTS', `There is a document named "${parsed.name}" already.`);
    }
    return reply.code(201).send({ name: parsed.name });
  });
  app.get<{ Params: { '*': string } }>('/api/v1/documents/*', async (request, reply) => {
    const parsed = parseDocumentName(request.params['*']);
    if (!parsed.ok) return fail(reply, 400, 'BAD_NAME', parsed.reason);
    const document = await log.document(parsed.name);
    return document ?? fail(reply, 404, 'NOT_FOUND', 'There is no document of this name.');
  });

  if (webRoot !== null) await serveWebApp(app, webRoot);
  app.setNotFoundHandler((request, reply) => {
    // Whoever followed a broken link is a person: the app has a page for them.
    if (webRoot !== null && isPageVisit(request)) return reply.code(404).sendFile('index.html');
    return fail(reply, 404, 'NOT_FOUND', `There is nothing at ${request.url}.`);
  });
  return app;
}

/**
 * What `write` resolves to or, as soon as nothing can be saved, why: whoever asked is not kept waiting. What was begun may
 * still be done when the trouble is over.
 */
async function unlessInTrouble<T>(storage: StorageHealth, write: () => Promise<T>): Promise<T | string> {
  const before = troubles[storage.state];
  if (before !== null) return before;
  let unsubscribe = (): void => {};
  const trouble = new Promise<string>((resolve) => {
    unsubscribe = storage.subscribe((state) => {
      const reason = troubles[state];
      if (reason !== null) resolve(reason);
    });
  });
  const written = write();
  written.catch(() => undefined);
  try {
    return await Promise.race([written, trouble]);
  } finally {
    unsubscribe();
  }
}

async function serveWebApp(app: FastifyInstance, webRoot: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webRoot,
    // File names of built assets carry a hash of their content; the page that names them does not.
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/');
      reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

function isPageVisit({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

/** @returns null when no name is asked for, undefined when it is no text */
function wantedName(body: unknown): string | null | undefined {
  const name = typeof body === 'object' && body !== null ? (body as { name?: unknown }).name : undefined;
  if (name === undefined || name === null) return null;
  return typeof name === 'string' ? name : undefined;
}

function fail(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { code, message } });
}

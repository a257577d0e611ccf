// The HTTP side, put together: what holds for every request here, each part of the API and the web app in a file of its own.

import type { IncomingMessage, ServerResponse } from 'node:http';
import fastifyCookie from '@fastify/cookie';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Access } from '../access/access.js';
import type { AccessRequests } from '../access/access-requests.js';
import type { AuditKeeper } from '../access/audit.js';
import type { Guests } from '../access/guests.js';
import type { Persons } from '../access/persons.js';
import type { TicketDesk } from '../access/tickets.js';
import type { AssetStore } from '../assets/asset-store.js';
import type { DoorSettings } from '../door-settings.js';
import type { Limits } from '../limits.js';
import type { DocumentLog } from '../log/document-log.js';
import type { StorageHealth } from '../log/storage-health.js';
import { parseStrictJson } from '../strict-json.js';
import { SyncError } from '../sync-error.js';
import { TooMany } from '../turns.js';
import { fail, statusOf } from './answers.js';
import { routedAssetPath } from './asset-path.js';
import { serveAssets } from './assets.js';
import { type DoorOptions, keepTheDoor } from './at-the-door.js';
import { serveAudit } from './audit.js';
import { type CompareOptions, serveCompare } from './compare.js';
import { serveDocuments } from './documents.js';
import { type EntriesOptions, serveEntries } from './entries.js';
import { type ErasuresOptions, serveErasures } from './erasures.js';
import { identityOf } from './identity-of.js';
import { serveMe } from './me.js';
import { type MetricsOptions, serveMetrics } from './metrics.js';
import { type PastOptions, servePast } from './past.js';
import { createRawServer } from './raw-server.js';
import { type RevocationsOptions, serveRevocations } from './revocations.js';
import { type Sessions, serveSessions } from './sessions.js';
import { type SharingKeeper, serveSharing } from './sharing.js';
import { SIGN_IN_PATH, type SignInOptions, serveSignIn } from './sign-in.js';
import { NotSaved, troubles } from './storage-trouble.js';
import { type HttpTrash, serveTrash } from './trash.js';
import { serveTrims, type TrimsOptions } from './trims.js';
import { isPageVisit, WebApp } from './web-app.js';

export interface HttpOptions extends DoorOptions {
  /** Answers a request that carries a session, or says that it is none: the transports are not the API's. */
  readonly carry?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly limits: Limits;
  readonly tls: DoorSettings['tls'];
  readonly log: DocumentLog;
  readonly assets: AssetStore;
  readonly storage: StorageHealth;
  readonly access: Access;
  readonly audit: AuditKeeper;
  readonly persons: Persons;
  readonly requests: AccessRequests;
  readonly sessions: Sessions;
  readonly metrics: MetricsOptions['metrics'];
  /** Null where nobody comes in without an account. */
  readonly guests: Guests | null;
  readonly tickets: Pick<TicketDesk, 'make'>;
  readonly revocations: RevocationsOptions['revocations'];
  /** Null where nobody signs in with a browser. */
  readonly signIn: Omit<SignInOptions, 'identityOf'> | null;
  /** Null where nothing is shared, because everybody may do everything. */
  readonly sharing: SharingKeeper | null;
  readonly trash: HttpTrash;
  readonly past: PastOptions['past'] & CompareOptions['past'] & EntriesOptions['past'];
  readonly trims: TrimsOptions['trims'];
  readonly keeping: TrimsOptions['keeping'];
  readonly deleted: ErasuresOptions['deleted'];
  readonly eraseUnfinished: PastOptions['eraseUnfinished'];
  /** Folder with the built web app; null serves the API alone. */
  readonly webRoot: string | null;
  /** Whether this process takes work: false once it drains. */
  readonly isReady: () => boolean;
  /** How many losses were noticed that nobody has looked into yet. */
  readonly alarms: () => number;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

/** Pages say before it that it is not known. */
const RESTORE_UNKNOWN =
  'Something failed in the server when it may have been written already. Try again: the same request is not done twice.';
const utf8 = new TextDecoder('utf-8', { fatal: true });

export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { storage, webRoot, isReady, alarms, complain } = options;
  const web = webRoot === null ? null : new WebApp(webRoot);
  const app = Fastify({
    bodyLimit: options.limits.bodyBytes,
    serverFactory: (listener) =>
      createRawServer(options, (request, response) => {
        if (!options.carry?.(request, response)) listener(request, response);
      }),
    forceCloseConnections: true,
    rewriteUrl: (request) => {
      const url = routedAssetPath(request);
      return web?.route({ url, headers: request.headers }) ?? url;
    },
    frameworkErrors: (error, _request, reply) => fail(reply, error.statusCode ?? 400, 'BAD_REQUEST', error.message),
  });

  keepTheDoor(app, options);
  // A form of another site can send no JSON, whatever a browser says of where it comes from.
  app.removeContentTypeParser(['text/plain', 'application/json']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseStrictJson(utf8.decode(body as Buffer)));
    } catch (error) {
      const fault = (error as Error).message;
      done(Object.assign(new Error(`The body is not the JSON it has to be: ${fault}.`), { statusCode: 400 }));
    }
  });
  app.addHook('onRequest', async ({ method, headers, routeOptions }, reply) => {
    if (method !== 'POST' || routeOptions.config.takesFiles || isJson(headers['content-type'])) return;
    return fail(reply, 415, 'NOT_JSON', 'Send the body as application/json.');
  });
  app.addHook('onSend', async (request, reply) => {
    // What one may see is nobody else's, and another thing a moment later, unless it is known to be the same for ever.
    const isApi = request.routeOptions.url?.startsWith('/api/') ?? false;
    if (isApi && !reply.hasHeader('Cache-Control')) reply.header('Cache-Control', 'no-store');
  });
  app.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, { method, url }, reply) => {
    if (error instanceof NotSaved) return fail(reply, 503, 'NOT_SAVED', error.message);
    if (error instanceof SyncError && error.code === 'STORE_SILENT') {
      return fail(reply, 503, 'STORE_SILENT', 'The database of the server does not answer. Try again later.');
    }
    if (error instanceof SyncError && error.code === 'RESTORE_UNKNOWN') {
      complain(error.message);
      return fail(reply, 503, 'RESTORE_UNKNOWN', RESTORE_UNKNOWN);
    }
    const status = (error instanceof SyncError ? statusOf(error) : error.statusCode) ?? 500;
    if (error instanceof SyncError && status < 500) {
      if (error instanceof TooMany) reply.header('Retry-After', Math.ceil(error.retryAfterMs / 1000));
      return fail(reply, status, error.code, error.message);
    }
    if (status === 415) return fail(reply, status, 'NOT_JSON', 'Send the body as application/json.');
    if (status < 500) return fail(reply, status, 'BAD_REQUEST', error.message);
    // What follows the path may be somebody's secret.
    const path = url.split('?', 1)[0];
    complain(`The answer to ${method} ${path} failed over a fault of ours. ${error.stack ?? error.message}`);
    return fail(reply, 500, 'INTERNAL', 'Something failed in the server. Your documents are unharmed.');
  });

  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const { state } = storage;
    const reason = isReady() ? troubles[state] : 'The server is stopping.';
    if (reason === null) return { status: 'ready', alarms: alarms() };
    return reply.code(503).send({ status: 'not ready', reason, alarms: alarms() });
  });

  await app.register(fastifyCookie);
  const identify = identityOf(options.access, options.signIn?.sessions ?? null);
  const all = {
    ...options,
    identityOf: async (request: FastifyRequest) => {
      const identity = await identify(request);
      options.persons.seen(identity);
      return identity;
    },
  };
  serveMetrics(app, all);
  serveMe(app, { ...all, signInUrl: options.signIn?.service ? SIGN_IN_PATH : null });
  if (options.signIn !== null) serveSignIn(app, { ...options.signIn, identityOf: all.identityOf });
  serveDocuments(app, all);
  serveTrash(app, all);
  serveCompare(app, all);
  serveEntries(app, all);
  serveTrims(app, all);
  serveErasures(app, all);
  await serveAssets(app, all);
  servePast(app, all);
  serveSharing(app, all);
  serveAudit(app, all);
  serveSessions(app, all);
  serveRevocations(app, all);

  await web?.serve(app);
  app.setNotFoundHandler((request, reply) => {
    // Whoever followed a broken link is a person: the app has a page for them.
    if (web !== null && isPageVisit(request)) return reply.code(404).sendFile(web.page(request.headers));
    return fail(reply, 404, 'NOT_FOUND', `There is nothing at ${request.url}.`);
  });
  return app;
}

const isJson = (type: string | undefined): boolean => /^application\/json *(;|$)/i.test(type ?? '');

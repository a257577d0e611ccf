// GET /metrics: for whoever shows the token of `door.metrics` or is an admin; and on a server that everybody may do everything
// on, for programs on its own machine.

import type { FastifyInstance } from 'fastify';
import type { Access } from '../access/access.js';
import { areEqualHashes, hashSecret } from '../access/secrets.js';
import type { MetricsDoor } from '../door-settings.js';
import type { HttpMetrics } from '../metrics/metrics.js';
import { METRICS_TYPE, type MetricsPage } from '../metrics/prometheus.js';
import { checkIsAdmin, fail } from './answers.js';
import type { IdentityOf } from './identity-of.js';

export const METRICS_PATH = '/metrics';

export interface MetricsOptions {
  readonly access: Pick<Access, 'isOpen'>;
  readonly identityOf: IdentityOf;
  readonly metrics: {
    readonly page: Pick<MetricsPage, 'render'>;
    readonly token: MetricsDoor['token'];
    /** Where requests are counted. */
    readonly http: HttpMetrics;
  };
}

export function serveMetrics(app: FastifyInstance, { access, identityOf, metrics }: MetricsOptions): void {
  const { page, token, http } = metrics;
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    http.requests.add(`${route} ${Math.floor(reply.statusCode / 100)}xx`);
    http.latency.observe(reply.elapsedTime);
  });

  app.get(METRICS_PATH, async (request, reply) => {
    if (!isShown(token, request.headers.authorization)) {
      if (!access.isOpen) {
        if (!checkIsAdmin(await identityOf(request), reply)) return reply;
      } else if (token !== null || !isOfThisMachine(request)) {
        return fail(reply, 403, 'METRICS_CLOSED', 'Show the token of "door.metrics", or ask from the machine itself.');
      }
    }
    reply.header('Cache-Control', 'no-store').type(METRICS_TYPE);
    return page.render();
  });
}

/** @param authorization the header of a request */
export function isShown(token: string | null, authorization: string | undefined): boolean {
  const shown = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  return token !== null && shown !== undefined && areEqualHashes(hashSecret(shown), hashSecret(token));
}

/** A proxy on this machine that nobody told us of speaks for others, and mostly says so. */
function isOfThisMachine({
  visitor,
  headers,
}: {
  readonly visitor: { readonly address: string };
  readonly headers: Readonly<Record<string, unknown>>;
}): boolean {
  const isLoopback = visitor.address.startsWith('127.') || visitor.address === '::1';
  return isLoopback && headers.forwarded === undefined && headers['x-forwarded-for'] === undefined;
}

// The files of the web app: one page for all documents, and what it is built of.

import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export async function serveWebApp(app: FastifyInstance, webRoot: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webRoot,
    // File names of built assets carry a hash of their content; the page that names them does not.
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/');
      reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

/** Documents, their past, and texts that are kept in the browser, share one page. It is served without a look at the name: what is wrong with one, the page says better. */
export const pageOf = ({ url = '/' }: { readonly url?: string | undefined }): string =>
  /^\/(d|history)\//.test(url) || /^\/(sign-in|kept)(\?|$)/.test(url) ? '/' : url;

export function isPageVisit({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

// The files of the web app: one page for all documents, and what it is built of; page and service worker in each language.

import { readdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LANGUAGE_VARY, languageFor, languagesAmong } from './page-language.js';

/** Of which there is one in each language. */
const IN_LANGUAGES = /\/(index|service-worker)(\.[\w-]+)?\.(html|js)$/;

export class WebApp {
  readonly #root: string;
  readonly #languages: readonly string[];

  /** @param root  the folder it was built into */
  constructor(root: string) {
    this.#root = root;
    this.#languages = languagesAmong(readdirSync(root));
  }

  async serve(app: FastifyInstance): Promise<void> {
    await app.register(fastifyStatic, {
      root: this.#root,
      // File names of built assets carry a hash of their content; the page that names them does not.
      setHeaders: (reply, path) => {
        const isHashed = path.includes('/assets/');
        reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
        if (!isHashed && IN_LANGUAGES.test(path)) reply.header('Vary', LANGUAGE_VARY);
      },
    });
  }

  /**
   * The address that a request is answered from. Documents, their past, and texts that are kept in the browser, share one page. It is
   * served without a look at the name: what is wrong with one, the page says better.
   */
  route({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>): string {
    const path = url.replace(/\?.*/, '');
    if (path === '/' || isPage(path)) return `/${this.page(headers)}`;
    return path === '/service-worker.js' ? `/${this.#inLanguage(headers, 'service-worker', 'js')}` : url;
  }

  page(headers: IncomingMessage['headers']): string {
    return this.#inLanguage(headers, 'index', 'html');
  }

  #inLanguage(headers: IncomingMessage['headers'], name: string, ending: string): string {
    const language = languageFor(headers, this.#languages);
    return language === null ? `${name}.${ending}` : `${name}.${language}.${ending}`;
  }
}

const isPage = (path: string): boolean => /^\/((d|history)\/|(sign-in|kept|trash)$)/.test(path);

export function isPageVisit({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

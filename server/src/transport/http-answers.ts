// What the requests that carry frames are answered with, when it is no frame.

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  /** As the rest of the HTTP API says it; none for success. */
  readonly error?: { readonly code: string; readonly message: string };
  /** The close code of a session that is over. */
  readonly close?: number;
  /** The counter that is expected. */
  readonly expected?: number;
  readonly retryAfterMs?: number;
}

export const TAKEN: Answer = { status: 204 };

export const failed = (status: number, code: string, message: string, retryAfterMs?: number): Answer => ({
  status,
  error: { code, message },
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});

export const UNKNOWN_SESSION = failed(404, 'UNKNOWN_SESSION', 'There is no such session, or no more. Begin another.');

export const outOfOrder = (message: string): Answer => failed(409, 'OUT_OF_ORDER', message);

export const closedAnswer = (code: number, reason: string): Answer => ({
  ...failed(410, 'CLOSED', reason),
  close: code,
});

export function respond(response: ServerResponse, { status, error, close, expected, retryAfterMs }: Answer): void {
  const headers: OutgoingHttpHeaders = {};
  if (retryAfterMs !== undefined) headers['Retry-After'] = Math.ceil(retryAfterMs / 1000);
  if (error === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const body = JSON.stringify({ error, close, expected });
  headers['Content-Type'] = 'application/json; charset=utf-8';
  headers['Content-Length'] = Buffer.byteLength(body);
  response.writeHead(status, headers).end(body);
}

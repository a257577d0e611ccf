// Asking the server over HTTP. Answers come from a network, so they are checked before they are believed.

import * as words from '@weft/words/refusals';

/** No answer came at all: it says nothing about what the server holds. */
export class ServerUnreachable extends Error {}

/** The server said no, and why. */
export class ServerRefused extends Error {
  readonly status: number;
  /** Stable, see docs/api.md; empty when the answer was not the server's own. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Who asks when nobody is signed in, as the server signed it; empty for nobody. */
let guestToken = '';
export const setGuestToken = (token: string): void => {
  guestToken = token;
};

/** @param link  the secret of a share link @throws Error with a sentence for people: `ServerUnreachable`, `ServerRefused` */
export function ask(path: string, signal: AbortSignal | null = null, link = ''): Promise<Record<string, unknown>> {
  return request(path, { signal, headers: proofsWith(link) });
}

/** @param link  the secret of a share link @throws Error with a sentence for people: `ServerUnreachable`, `ServerRefused` */
export function tell(path: string, body: unknown = {}, link = ''): Promise<Record<string, unknown>> {
  const headers = { 'Content-Type': 'application/json', ...proofsWith(link) };
  return request(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

const asGuest = (): Record<string, string> => (guestToken === '' ? {} : { 'Weft-Guest': guestToken });

/** What is shown to the server besides cookies, by who asks with something else than JSON. @param link  the secret of a share link */
export const proofsWith = (link: string): Record<string, string> => ({
  ...asGuest(),
  ...(link !== '' && { 'Weft-Link': link }),
});

/** @param link  the secret of a share link @throws Error with a sentence for people: `ServerUnreachable`, `ServerRefused` */
export async function askBytes(path: string, signal: AbortSignal, link: string): Promise<ArrayBuffer> {
  const response = await answerOf(path, { signal, headers: proofsWith(link) });
  return response.arrayBuffer().catch((cause) => {
    throw new ServerUnreachable(words.unreachable, { cause });
  });
}

async function request(path: string, init: RequestInit): Promise<Record<string, unknown>> {
  const body: unknown = await (await answerOf(path, init)).json().catch(() => null);
  return isObject(body) ? body : {};
}

async function answerOf(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    throw new ServerUnreachable(words.unreachable, { cause });
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  const code = typeof error.code === 'string' ? error.code : '';
  const message =
    typeof error.message === 'string' ? await inOwnWords(code, error.message) : words.failed(response.status);
  throw new ServerRefused(response.status, code, message);
}

/** @param sentence  in English; shown as it came where the words did not come */
async function inOwnWords(code: string, sentence: string): Promise<string> {
  const answers = await import('@weft/words/answers').catch(() => null);
  return answers?.answered(code, sentence) ?? sentence;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textOr = <T>(value: unknown, otherwise: T): string | T => (typeof value === 'string' ? value : otherwise);

export const notUnderstood = (): Error => new Error(words.notUnderstood);

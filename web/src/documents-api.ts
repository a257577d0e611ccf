// The two questions the app asks over HTTP. Answers come from a network, so they are checked before they are believed.

export interface DocumentSummary {
  readonly name: string;
  readonly title: string;
  readonly excerpt: string;
  /** Of the text, without the title; null when the server does not say. */
  readonly characters: number | null;
  readonly updatedAtMs: number;
}

/** No answer came at all: it says nothing about what the server holds. */
export class ServerUnreachable extends Error {}

/** @throws Error with a sentence for people, `ServerUnreachable` when nobody answered */
export async function listDocuments(signal: AbortSignal): Promise<DocumentSummary[]> {
  const body = await request('/api/v1/documents', { signal });
  const { documents } = body as { documents?: unknown };
  if (!Array.isArray(documents)) throw new Error('The server’s answer could not be understood.');
  return documents.filter(isObject).map(({ name, title, excerpt, characters, updatedAtMs }) => ({
    name: String(name),
    title: typeof title === 'string' ? title.trim() : '',
    excerpt: typeof excerpt === 'string' ? excerpt.trim() : '',
    characters: typeof characters === 'number' ? characters : null,
    updatedAtMs: Number(updatedAtMs) || 0,
  }));
}

/** What stands under the title in the list: a short text may all be title, and then there is no more to show. */
export function excerptLine({ excerpt, characters }: DocumentSummary): string | null {
  if (characters === 0) return 'Nothing written yet';
  return excerpt || null;
}

/** @returns the new document's name @throws Error with a sentence for people */
export async function createDocument(): Promise<string> {
  const headers = { 'Content-Type': 'application/json' };
  const body = await request('/api/v1/documents', { method: 'POST', headers, body: '{}' });
  const { name } = body as { name?: unknown };
  if (typeof name !== 'string') throw new Error('The server’s answer could not be understood.');
  return name;
}

async function request(path: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    throw new ServerUnreachable('The server cannot be reached.', { cause });
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body ?? {};
  const error = isObject(body) && isObject(body.error) ? body.error.message : null;
  throw new Error(typeof error === 'string' ? error : `The server answered with an error (${response.status}).`);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

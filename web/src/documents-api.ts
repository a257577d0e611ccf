// The two questions the app asks over HTTP. Answers come from a network, so they are checked before they are believed.

export interface DocumentSummary {
  readonly name: string;
  readonly title: string;
  readonly excerpt: string;
  readonly updatedAtMs: number;
}

/** @throws Error with a sentence for people */
export async function listDocuments(signal: AbortSignal): Promise<DocumentSummary[]> {
  const body = await request('/api/v1/documents', { signal });
  const { documents } = body as { documents?: unknown };
  if (!Array.isArray(documents)) throw new Error('The server’s answer could not be understood.');
  return documents.filter(isObject).map(({ name, title, excerpt, updatedAtMs }) => ({
    name: String(name),
    title: typeof title === 'string' ? title.trim() : '',
    excerpt: typeof excerpt === 'string' ? excerpt.trim() : '',
    updatedAtMs: Number(updatedAtMs) || 0,
  }));
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
    throw new Error('The server cannot be reached.', { cause });
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body ?? {};
  const error = isObject(body) && isObject(body.error) ? body.error.message : null;
  throw new Error(typeof error === 'string' ? error : `The server answered with an error (${response.status}).`);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

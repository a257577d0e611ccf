// Adds a file to a document: one request, whose bytes are counted as they leave. What does not come about is told in a sentence, with
// whether the same may come about later; nothing is tried again by itself.

import { documentPath, parseDocumentName } from '@weft/protocol';
import { type Fetch, isForLater, parseObject, retryAfterMs } from './http-requests.js';
import { ProofSource, type TokenSource } from './proofs.js';

export interface UploadOptions {
  /** Of the server, as a Connection is given it: ws(s)://host/weft. */
  readonly url: string;
  readonly document: string;
  readonly token?: TokenSource;
  /** The identity of a guest, as the server gave it. */
  readonly guest?: string;
  /** The secret of a share link. */
  readonly link?: string;
  /** What it is called when somebody saves it; default: what the file is called. */
  readonly name?: string;
  /** Ends it; what it was ended with is thrown. */
  readonly signal?: AbortSignal;
  /** Called as bytes leave, where that can be seen: in browsers. They are kept only once it has resolved. */
  readonly onProgress?: (progress: { readonly sentBytes: number; readonly totalBytes: number }) => void;
  /** Default: that of the page. Without one `fetch` is used, which does not tell of progress. */
  readonly XMLHttpRequest?: typeof globalThis.XMLHttpRequest | undefined;
  readonly fetch?: Fetch;
}

/** A file of a document, which is on the server's disk. */
export interface UploadedAsset {
  /** The same for the same bytes. */
  readonly id: string;
  /** Within the server; who asks there shows the same proofs. */
  readonly url: string;
  readonly name: string;
  readonly bytes: number;
  /** As the server found it in the bytes. */
  readonly type: string;
  /** Points of a picture, else null. */
  readonly width: number | null;
  readonly height: number | null;
}

/** The file was not added, or nobody can tell here whether it was. `message` is a sentence for people, and says which. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  /** Of the server's answer (docs/api.md); `UNREACHABLE` when there was none. */
  readonly code: string;
  /** Whether the same file may be taken later. */
  readonly mayRetry: boolean;
  /** How long the server asks to wait before that; null when it does not. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, mayRetry: boolean, retryAfterMs: number | null = null) {
    super(message);
    this.code = code;
    this.mayRetry = mayRetry;
    this.retryAfterMs = retryAfterMs;
  }
}

interface Sent {
  readonly status: number;
  readonly text: string;
  header(name: string): string | null;
}

interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
}

interface Sender {
  readonly send: (request: Request) => Promise<Sent>;
  /** When it has told of nothing for so long, and no answer came, none will. */
  readonly mostQuietMs: number;
}

const STALLED_MS = 60_000;
/** Of a request as a whole: a server of ours ends what has not come by then. */
const MOST_REQUEST_MS = 10 * 60_000;

/** The answer alone may be what was lost. */
const UNKNOWN = 'It is not known whether the file was added; adding it again does no harm.';

/**
 * @param file its type says whether it is to be a picture: then the server takes it only if it is one
 * @returns once it is on the server's disk
 * @throws UploadError
 */
export async function uploadAsset(file: Blob, options: UploadOptions): Promise<UploadedAsset> {
  const { document, link = '', onProgress = () => undefined, signal } = options;
  signal?.throwIfAborted();
  const parsed = parseDocumentName(document);
  if (!parsed.ok) throw new UploadError('BAD_NAME', parsed.reason, false);
  const { token, guest } = await new ProofSource(options.token, options.guest).ask();
  signal?.throwIfAborted();
  const name = options.name ?? ('name' in file ? String(file.name) : '');
  const base = options.url.replace(/^ws/, 'http').replace(/\/weft\/?$|\/$/, '');
  const url = `${base}/api/v1/documents/${documentPath(parsed.name)}/assets?name=${encodeURIComponent(wellFormed(name))}`;
  const headers = {
    'Content-Type': file.type.startsWith('image/') ? file.type : 'application/octet-stream',
    ...(token !== '' && { Authorization: `Bearer ${token}` }),
    ...(guest !== '' && { 'Weft-Guest': guest }),
    ...(link !== '' && { 'Weft-Link': link }),
  };
  const ended = new AbortController();
  const end = (): void => ended.abort();
  signal?.addEventListener('abort', end);
  const { send, mostQuietMs } = senderFor(options);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onSent = (sentBytes: number): void => {
    clearTimeout(timer);
    timer = setTimeout(end, mostQuietMs);
    onProgress({ sentBytes, totalBytes: file.size });
  };
  let answer: Sent;
  try {
    onSent(0);
    answer = await send({ url, headers, body: file, signal: ended.signal, onSent });
  } catch {
    signal?.throwIfAborted();
    throw new UploadError('UNREACHABLE', `The server cannot be reached. ${UNKNOWN}`, true);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
  return read(answer);
}

function senderFor(options: UploadOptions): Sender {
  const Xhr = 'XMLHttpRequest' in options ? options.XMLHttpRequest : globalThis.XMLHttpRequest;
  return Xhr === undefined
    ? { send: byFetch(options.fetch ?? globalThis.fetch), mostQuietMs: MOST_REQUEST_MS }
    : { send: byXhr(Xhr), mostQuietMs: STALLED_MS };
}

/** Only this tells how much has left. */
const byXhr =
  (Xhr: typeof globalThis.XMLHttpRequest) =>
  ({ url, headers, body, signal, onSent }: Request): Promise<Sent> =>
    new Promise((resolve, reject) => {
      const xhr = new Xhr();
      const end = (): void => xhr.abort();
      const settle = (how: () => void) => (): void => {
        signal.removeEventListener('abort', end);
        how();
      };
      xhr.open('POST', url);
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      xhr.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, body.size));
      xhr.onload = settle(() =>
        resolve({ status: xhr.status, text: xhr.responseText, header: (name) => xhr.getResponseHeader(name) }),
      );
      xhr.onerror = xhr.onabort = settle(() => reject(new Error('no answer')));
      signal.addEventListener('abort', end);
      xhr.send(body);
    });

const byFetch =
  (fetch: Fetch) =>
  async ({ url, headers, body, signal, onSent }: Request): Promise<Sent> => {
    const response = await fetch(url, { method: 'POST', headers, body, signal, cache: 'no-store', redirect: 'error' });
    onSent(body.size);
    return { status: response.status, text: await response.text(), header: (name) => response.headers.get(name) };
  };

function read(answer: Sent): UploadedAsset {
  const { status, text } = answer;
  const body = parseObject(text);
  if (status === 200 || status === 201) {
    const { id, url, name, bytes, type, width = null, height = null } = body;
    if (typeof id === 'string' && typeof url === 'string' && typeof type === 'string') {
      return { id, url, name: String(name), bytes: Number(bytes), type, width, height } as UploadedAsset;
    }
    throw new UploadError('BAD_ANSWER', 'What the server answered could not be understood.', true);
  }
  const { code = `${status}`, message } = parseObject(body.error);
  // A proxy that takes no bodies of this size says so in a page of its own.
  const ours =
    status === 413
      ? 'The file is too large.'
      : status >= 500
        ? `The server answered with ${status}. ${UNKNOWN}`
        : `The file was not added: the server answered with ${status}.`;
  const sentence = typeof message === 'string' ? message : ours;
  const mayRetry = isForLater(answer) || status === 500 || status === 401;
  throw new UploadError(String(code), sentence, mayRetry, retryAfterMs(answer) ?? null);
}

/** Half of a pair of surrogates cannot be part of an address. */
const wellFormed = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));

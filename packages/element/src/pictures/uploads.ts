// Files on their way to the server, a few at a time: what each is at, and what becomes of one that did not arrive. One for which
// only the way was missing goes by itself when there may be one again; whatever else happened is told, and for a person to decide.

import { UploadError, type UploadedAsset } from '@weft/provider';
import * as words from '@weft/words/pictures';

export type UploadState =
  /** Others go first, or it is being read. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'sending'; readonly sentBytes: number; readonly totalBytes: number }
  /** It goes by itself; `sentence` says what it waits for. */
  | { readonly kind: 'waiting'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly sentence: string; readonly mayRetry: boolean };

export interface UploadOptions {
  /** @throws Error with a sentence */
  readonly file: () => Promise<File>;
  /** Called with each change. */
  readonly tell: (state: UploadState) => void;
  /** The file was read. */
  readonly read: (file: File) => void;
  /** It is on the server. */
  readonly arrived: (asset: UploadedAsset, file: File) => void;
}

type Progress = { readonly sentBytes: number; readonly totalBytes: number };
/** @throws UploadError */
export type Send = (
  file: File,
  how: { readonly onProgress: (progress: Progress) => void; readonly signal: AbortSignal },
) => Promise<UploadedAsset>;

const AT_ONCE = 3;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [2_000, 60_000];
const NO_WAY = words.waits;

class Upload {
  readonly options: UploadOptions;
  readonly abort = new AbortController();
  state: UploadState = { kind: 'queued' };
  file: File | null = null;
  /** How often there was no way in a row. */
  misses = 0;
  timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: UploadOptions) {
    this.options = options;
  }

  become(state: UploadState): void {
    clearTimeout(this.timer);
    this.state = state;
    this.options.tell(state);
  }
}

export class Uploads {
  readonly #send: Send;
  /** In the order they came. */
  readonly #all = new Map<string, Upload>();

  constructor(send: Send) {
    this.#send = send;
  }

  /** How many are not on the server. */
  get count(): number {
    return this.#all.size;
  }

  add(id: string, options: UploadOptions): void {
    this.#all.set(id, new Upload(options));
    this.#goOn();
  }

  /** Once more what has failed. */
  retry(id: string): void {
    const upload = this.#all.get(id);
    if (upload?.state.kind !== 'failed' && upload?.state.kind !== 'waiting') return;
    upload.become({ kind: 'queued' });
    this.#goOn();
  }

  cancel(id: string): void {
    const upload = this.#all.get(id);
    if (!upload) return;
    this.#all.delete(id);
    clearTimeout(upload.timer);
    upload.abort.abort();
    this.#goOn();
  }

  cancelAll(): void {
    for (const id of [...this.#all.keys()]) this.cancel(id);
  }

  /** There may be a way again. */
  wake(): void {
    for (const [id, { state, misses }] of this.#all) if (state.kind === 'waiting' && misses > 0) this.retry(id);
  }

  #goOn(): void {
    const all = [...this.#all];
    let free = AT_ONCE - all.filter(([, { state }]) => state.kind === 'sending').length;
    for (const [id, upload] of all) {
      if (free <= 0 || upload.state.kind !== 'queued') continue;
      free--;
      void this.#bring(id, upload);
    }
  }

  async #bring(id: string, upload: Upload): Promise<void> {
    upload.become({ kind: 'sending', sentBytes: 0, totalBytes: upload.file?.size ?? 0 });
    const { signal } = upload.abort;
    try {
      const file = await this.#read(upload);
      const asset = await this.#send(file, {
        signal,
        onProgress: (progress) => {
          if (upload.state.kind === 'sending') upload.become({ kind: 'sending', ...progress });
        },
      });
      if (signal.aborted) return;
      this.#all.delete(id);
      upload.options.arrived(asset, file);
    } catch (error) {
      if (!signal.aborted) await this.#missed(id, upload, error);
    }
    this.#goOn();
  }

  async #read(upload: Upload): Promise<File> {
    if (upload.file) return upload.file;
    const file = await upload.options.file();
    upload.file = file;
    if (!upload.abort.signal.aborted) upload.options.read(file);
    return file;
  }

  async #missed(id: string, upload: Upload, error: unknown): Promise<void> {
    const { file, abort } = upload;
    const isUnreadable = file !== null && !(await isReadable(file));
    if (abort.signal.aborted) return;
    if (isUnreadable) return upload.become({ kind: 'failed', sentence: words.unreadable, mayRetry: false });
    if (!(error instanceof UploadError)) {
      return upload.become({ kind: 'failed', sentence: (error as Error).message, mayRetry: file === null });
    }
    const isWayless = error.code === 'UNREACHABLE';
    upload.misses = isWayless ? upload.misses + 1 : 0;
    const sentence = words.fileRefused(error.code, error.message);
    if (!isWayless && error.retryAfterMs === null) {
      return upload.become({ kind: 'failed', sentence, mayRetry: error.mayRetry });
    }
    upload.become({ kind: 'waiting', sentence: isWayless ? NO_WAY : sentence });
    const pauseMs = error.retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (upload.misses - 1));
    upload.timer = setTimeout(() => this.retry(id), pauseMs);
  }
}

/** A browser holds only where a file is. */
const isReadable = (file: File): Promise<boolean> =>
  file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );

// Pictures and files of a document's page: shown, brought in, changed. Loaded when a text has a picture, or somebody may bring one.

import type { Editor, EditorStatus } from '@weft/editor';
import {
  type ArrivingPicture,
  bringFiles,
  bringInstead,
  placeFile,
  placePicture,
  removePlace,
  setPictureWidth,
  usePictures,
} from '@weft/editor/pictures';
import { type UploadedAsset, uploadAsset } from '@weft/provider';
import * as words from '@weft/words/pictures';
import { html, nothing, type TemplateResult } from 'lit';
import { announce } from '../ui/announce.js';
import { chooseFiles } from '../ui/choose-files.js';
import { icons } from '../ui/icons.js';
import { type AssetAddress, readAssetAddress, withSize } from './asset-address.js';
import type { PictureBar } from './picture-bar.js';
import { PictureFrames } from './picture-frames.js';
import { fetchAsset, PictureSources, type ProofsFor } from './picture-sources.js';
import { called, drawCard, makeCard } from './upload-card.js';
import { type UploadState, Uploads } from './uploads.js';
import './picture-bar.js';
import { focusedIn, rootOf, targetOf } from '../ui/root.js';

/** Something that has to be seen; `title` without its full stop. */
interface Notice {
  readonly title: string;
  readonly text: string;
}

interface PicturesOptions {
  readonly document: string;
  /** The origin of the server. */
  readonly server: string;
  readonly proofsFor: ProofsFor;
  /** Everybody may read here: who asks need not be shown. */
  readonly isOpen: boolean;
  /** Until the signal, whoever is about to leave is told how many files would not be added. */
  readonly askBeforeLeaving: (count: () => number, signal: AbortSignal) => void;
  /** What `note` and `bar` give is another. */
  readonly changed: () => void;
}

/** Those a page may show. The server looks at the bytes. */
const shownTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const SAVED_WITHIN_MS = 60_000;
const isShown = ({ type }: { readonly type: string }): boolean => shownTypes.has(type.toLowerCase());

export class Pictures {
  readonly #frames: PictureFrames;
  readonly #options: PicturesOptions;
  readonly #sources: PictureSources;
  readonly #uploads: Uploads;
  readonly #listening = new AbortController();
  #editor: Editor | null = null;
  #notice: Notice | null = null;
  #count = 0;

  constructor(options: PicturesOptions) {
    this.#options = options;
    this.#sources = new PictureSources(options.server, (document) =>
      options.isOpen ? {} : options.proofsFor(document),
    );
    this.#frames = new PictureFrames({
      sources: this.#sources,
      server: options.server,
      setWidth: (position, widthPx) => {
        if (this.#editor) setPictureWidth(this.#editor.view, position, widthPx);
        announce(words.pixelsWide(widthPx));
      },
      changed: () => this.#drawnBar?.place(),
    });
    this.#uploads = new Uploads(async (file, how) => {
      const proofs = await options.proofsFor(options.document);
      // What is no picture that can be shown is only ever saved.
      const bytes = isShown(file) ? file : new File([file], file.name);
      return uploadAsset(bytes, {
        url: options.server,
        document: options.document,
        token: proofs.Authorization?.replace('Bearer ', '') ?? '',
        guest: proofs['Weft-Guest'] ?? '',
        link: proofs['Weft-Link'] ?? '',
        ...how,
      });
    });
  }

  /** From now on its pictures are shown, and new ones taken in. */
  show(editor: Editor): void {
    if (this.#editor === editor) return;
    this.#editor = editor;
    usePictures(editor, this.#frames, this);
    const { signal } = this.#listening;
    addEventListener('online', () => this.wake(), { signal });
    // Another text in this page has links of its own.
    rootOf(editor.view.dom).addEventListener('click', this.#clicked, { signal, capture: true });
    this.#options.askBeforeLeaving(() => this.#uploads.count, signal);
  }

  get #drawnBar(): PictureBar | null {
    const { dom } = this.#editor?.view ?? {};
    return dom ? rootOf(dom).querySelector<PictureBar>('weft-picture-bar') : null;
  }

  /** What can be done with the picture that is selected. */
  bar(status: EditorStatus): TemplateResult | typeof nothing {
    if (!this.#editor) return nothing;
    return html`<weft-picture-bar
      .editor=${this.#editor}
      .status=${status}
      @weft-replace-picture=${() => chooseFiles(false, ([file]) => file && this.#bringInstead(file))}
    ></weft-picture-bar>`;
  }

  get note(): TemplateResult | typeof nothing {
    if (!this.#notice) return nothing;
    const { title, text } = this.#notice;
    const dismiss = (): void => {
      this.#tell(null);
      this.#editor?.focus();
    };
    return html`<div class="banner warn" role="alert">
      ${icons.warning}
      <p><b>${title}.</b> ${text}</p>
      <div class="actions"><button class="quiet" @click=${dismiss}>${words.dismiss}</button></div>
    </div>`;
  }

  /** A link to a file here is no page: it is fetched with what lets this person read it, and saved. @returns whether it is */
  follow(href: string): boolean {
    const address = readAssetAddress(href, this.#options.server);
    // Else the browser does it as well.
    if (!address || this.#options.isOpen) return false;
    void this.#save(address);
    return true;
  }

  /** There may be a connection again. */
  wake(): void {
    this.#uploads.wake();
    this.#frames.again();
  }

  close(): void {
    this.#listening.abort();
    this.#uploads.cancelAll();
    this.#frames.close();
    this.#sources.close();
  }

  begin({ name, alt, file }: ArrivingPicture): { readonly id: string; readonly dom: HTMLElement } {
    const id = `upload-${this.#count++}`;
    const dom = makeCard();
    let preview: string | null = null;
    let read: File | null = null;
    let state: UploadState = { kind: 'queued' };
    /** Why it is not there: said once, however often it is tried by itself. */
    let said: string | null = null;
    const say = (sentence: string): void => {
      if (sentence !== said) announce(`${called(name)}: ${sentence}`);
      said = sentence;
    };
    const finish = (): void => {
      if (dom.contains(focusedIn(dom))) this.#editor?.focus();
      if (preview !== null) URL.revokeObjectURL(preview);
    };
    const remove = (): void => {
      this.#uploads.cancel(id);
      finish();
      if (this.#editor) removePlace(this.#editor.view, id);
      announce(words.notAdded(called(name)));
    };
    const retry = (): void => {
      said = null;
      this.#uploads.retry(id);
      // What was pressed is not there any more.
      dom.querySelector<HTMLElement>('.upload-cancel')?.focus();
    };
    const draw = (): void => {
      const card = { name, bytes: read?.size ?? null, preview, state };
      drawCard(dom, card, { retry, remove });
    };
    draw();
    this.#uploads.add(id, {
      file,
      read: (bytes) => {
        read = bytes;
        if (isShown(bytes)) preview = URL.createObjectURL(bytes);
        draw();
      },
      tell: (next) => {
        state = next;
        draw();
        if ('sentence' in next) say(next.sentence);
      },
      arrived: (asset, bytes) => {
        if (this.#editor?.status.editable) {
          finish();
          return this.#place(id, asset, bytes, { name, alt });
        }
        state = { kind: 'failed', sentence: words.onlyReading, mayRetry: false };
        draw();
        say(words.onlyReading);
      },
    });
    announce(words.isBeingAdded(called(name)));
    return { id, dom };
  }

  copyOf(src: string): (() => Promise<File>) | null {
    const address = readAssetAddress(src, this.#options.server);
    if (!address || address.document === this.#options.document) return null;
    return async () => {
      const proofs = await this.#options.proofsFor(address.document);
      const { bytes, name } = await fetchAsset(address.url, proofs);
      return new File([bytes], name, { type: bytes.type });
    };
  }

  lost(count: number): void {
    this.#tell({ title: words.notPasted(count), text: words.copyThem(count) });
  }

  /** What was pasted has waited for so long. */
  notPasted(): void {
    this.#tell({ title: words.pasteNotHere, text: words.onlyReading });
  }

  /** At the caret. */
  bring(files: readonly File[]): void {
    const editor = this.#editor;
    if (!editor?.status.editable || files.length === 0) return;
    bringFiles(editor.view, files, this);
    editor.focus();
  }

  #bringInstead(file: File): void {
    if (this.#editor?.status.editable) bringInstead(this.#editor.view, file, this);
  }

  #tell(notice: Notice | null): void {
    this.#notice = notice;
    this.#options.changed();
  }

  async #save({ document: of, url }: AssetAddress): Promise<void> {
    try {
      const { bytes, name } = await fetchAsset(url, await this.#options.proofsFor(of));
      const link = document.createElement('a');
      link.href = URL.createObjectURL(bytes);
      link.download = name;
      link.click();
      // The browser has taken it by then.
      setTimeout(() => URL.revokeObjectURL(link.href), SAVED_WITHIN_MS);
    } catch (error) {
      this.#tell({ title: words.fileNotSaved, text: (error as Error).message });
    }
  }

  readonly #clicked = (event: Event): void => {
    const link = targetOf(event)?.closest('a[href][target]');
    if (link instanceof HTMLAnchorElement && this.follow(link.getAttribute('href') ?? '')) event.preventDefault();
  };

  #place(id: string, asset: UploadedAsset, bytes: File, { name, alt }: { name: string; alt: string | null }): void {
    const editor = this.#editor;
    if (!editor) return;
    const src = withSize(asset.url, asset.width, asset.height);
    const isPicture = isShown(asset);
    // It is drawn from the bytes that are here.
    if (isPicture) this.#sources.keep(src, bytes);
    const isPlaced = isPicture
      ? placePicture(editor.view, id, { src, alt })
      : placeFile(editor.view, id, { href: asset.url, name: name || asset.name });
    if (isPlaced) announce(words.wasAdded(called(name)));
  }
}

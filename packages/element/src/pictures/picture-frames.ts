// What is in the frame of each picture of a text: the picture, a quiet note in its place when it cannot be shown, and the edge that one
// drags to make it narrower or wider.

import type { DrawnPicture } from '@weft/editor/pictures';
import * as words from '@weft/words/pictures';
import { html, nothing, render, type TemplateResult } from 'lit';
import { icons } from '../ui/icons.js';
import { isMirrored } from '../ui/root.js';
import { readAssetAddress } from './asset-address.js';
import type { Lack, PictureSources } from './picture-sources.js';

export const NARROWEST_PX = 48;

interface FrameOptions {
  /** Its origin. */
  readonly server: string;
  readonly sources: PictureSources;
  readonly setWidth: (position: number, widthPx: number) => void;
  /** How it looks has changed, and with it how large it is. */
  readonly changed: () => void;
}

/** Within which whatever a picture is shown for the first time is to look as it will. */
class Frame {
  readonly #options: FrameOptions;
  readonly #note = document.createElement('span');
  #picture: DrawnPicture;
  /** The address that is held. */
  #held: string | null = null;
  lack: Lack | null = null;

  constructor(picture: DrawnPicture, options: FrameOptions) {
    this.#picture = picture;
    this.#options = options;
    const { frame, image } = picture;
    this.#note.className = 'picture-missing';
    image.addEventListener('load', () => this.#came());
    image.addEventListener('error', () => void this.#failed());
    frame.append(handle(picture, () => this.#picture, options));
    void this.#load();
  }

  update(picture: DrawnPicture): void {
    const before = this.#picture;
    this.#picture = picture;
    this.#size();
    if (before.attributes.src !== picture.attributes.src) void this.#load();
    else if (this.lack) this.#miss(this.lack);
    this.#options.changed();
  }

  again(): void {
    if (this.lack && this.lack !== 'elsewhere') void this.#load();
  }

  close(): void {
    if (this.#held !== null) this.#options.sources.release(this.#held);
    this.#held = null;
  }

  async #load(): Promise<void> {
    const { frame, image, attributes } = this.#picture;
    const { src } = attributes;
    const before = this.#held;
    this.#held = src;
    this.#size();
    frame.classList.add('is-loading');
    const source = await this.#options.sources.take(src);
    if (before !== null) this.#options.sources.release(before);
    if (this.#held !== src) return;
    if ('lack' in source) return this.#miss(source.lack);
    this.lack = null;
    // One that is asked for again at the same address has to be taken away first.
    if (image.src === source.url || image.getAttribute('src') === source.url) image.removeAttribute('src');
    image.src = source.url;
  }

  #came(): void {
    const { frame } = this.#picture;
    this.lack = null;
    frame.classList.remove('is-loading', 'is-missing');
    this.#note.remove();
    this.#options.changed();
  }

  async #failed(): Promise<void> {
    const src = this.#held;
    const address = src === null ? null : readAssetAddress(src, this.#options.server);
    const answer = address && (await fetch(address.url, { method: 'HEAD' }).catch(() => null));
    if (this.#held !== src) return;
    this.#miss(answer === null ? 'offline' : 'absent');
  }

  #miss(lack: Lack): void {
    const { frame, image, attributes } = this.#picture;
    this.lack = lack;
    image.removeAttribute('src');
    frame.classList.remove('is-loading');
    frame.classList.add('is-missing');
    render(missing(attributes.alt, attributes.src, lack), this.#note);
    frame.append(this.#note);
    this.#options.changed();
  }

  /** There is room for it before it has come. */
  #size(): void {
    const { frame, image, attributes } = this.#picture;
    const { width, src } = attributes;
    const size = readAssetAddress(src, this.#options.server)?.size ?? null;
    if (size) {
      image.width = size.width;
      image.height = size.height;
    } else {
      image.removeAttribute('width');
      image.removeAttribute('height');
    }
    frame.style.setProperty('--own-width', size ? `${size.width}px` : '100%');
    frame.style.setProperty('--ratio', size ? `${size.width} / ${size.height}` : '3 / 2');
    image.style.width = isWidth(width) ? `${width}px` : '';
  }
}

/** Of the document, and so it may be anything of its type. */
const isWidth = (width: number | null): width is number => width !== null && width >= 16 && width <= 4000;

function missing(alt: string | null, src: string, lack: Lack): TemplateResult {
  const url = lack === 'elsewhere' ? URL.parse(src) : null;
  const isOnTheWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  const why = isOnTheWeb
    ? html`${words.liesElsewhere<unknown>(
        url.host,
        html`<a href=${url.href} target="_blank" rel="noopener noreferrer">${words.openIt}</a>`,
      )}`
    : {
        elsewhere: words.unreachable,
        offline: words.notNow,
        absent: words.notThere,
      }[lack];
  return html`${icons.picture}<span><span class="picture-words">${alt?.trim() || words.picture}</span><span class="picture-why">${why}</span></span>`;
}

/** For a mouse, a pen or a finger; the bar of a picture has the same for keys. */
function handle(
  { frame, image }: DrawnPicture,
  picture: () => DrawnPicture,
  { setWidth, changed }: FrameOptions,
): HTMLElement {
  const edge = document.createElement('span');
  edge.className = 'picture-handle';
  edge.setAttribute('aria-hidden', 'true');
  render(html`<i></i>${nothing}`, edge);
  edge.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return;
    down.preventDefault();
    edge.setPointerCapture(down.pointerId);
    frame.classList.add('is-resized');
    const startPx = image.getBoundingClientRect().width;
    const widestPx = frame.parentElement?.clientWidth ?? startPx;
    const sign = isMirrored(frame) ? -1 : 1;
    let widthPx = startPx;
    const end = new AbortController();
    const { signal } = end;
    const stop = (): void => {
      end.abort();
      frame.classList.remove('is-resized');
    };
    edge.addEventListener(
      'pointermove',
      ({ clientX }) => {
        const wanted = startPx + sign * (clientX - down.clientX);
        widthPx = Math.round(Math.max(NARROWEST_PX, Math.min(wanted, widestPx)));
        image.style.width = `${widthPx}px`;
        changed();
      },
      { signal },
    );
    edge.addEventListener(
      'pointerup',
      () => {
        stop();
        const position = picture().position();
        if (position !== undefined && widthPx !== Math.round(startPx)) setWidth(position, widthPx);
      },
      { signal },
    );
    edge.addEventListener(
      'pointercancel',
      () => {
        stop();
        const { width } = picture().attributes;
        image.style.width = isWidth(width) ? `${width}px` : '';
      },
      { signal },
    );
  });
  return edge;
}

export class PictureFrames {
  readonly #options: FrameOptions;
  readonly #frames = new Map<HTMLElement, Frame>();

  constructor(options: FrameOptions) {
    this.#options = options;
  }

  draw(picture: DrawnPicture): void {
    const known = this.#frames.get(picture.frame);
    if (known) known.update(picture);
    else this.#frames.set(picture.frame, new Frame(picture, this.#options));
  }

  forget(frame: HTMLElement): void {
    this.#frames.get(frame)?.close();
    this.#frames.delete(frame);
  }

  /** Those that could not be had: there may be a way now. */
  again(): void {
    for (const frame of this.#frames.values()) frame.again();
  }

  close(): void {
    for (const frame of [...this.#frames.keys()]) this.forget(frame);
  }
}

// Pictures on a document's page, as far as they are there from the beginning: what shows them and takes them in is loaded when a text
// has one, or when somebody is about to write or holds a file over the page.

import type { Editor, EditorStatus } from '@weft/editor';
import type { SharedDocument } from '@weft/provider';
import * as words from '@weft/words/document';
import { nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Surroundings } from '../surroundings.js';
import { chooseFiles } from '../ui/choose-files.js';
import type { LateParts } from '../ui/late-parts.js';
import { targetOf } from '../ui/root.js';
import type { Pictures } from './pictures.js';

interface Page extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment;
  readonly shared: SharedDocument;
  readonly surroundings: Surroundings;
  /** Files that are let go over it are no page to go to. */
  readonly stage: EventTarget;
  /** Null before there is a text. */
  readonly editor: Editor | null;
}

/** A text does not wait longer for what shows its pictures. */
const PATIENCE_MS = 1_000;

type Fragment = ReturnType<SharedDocument['doc']['getXmlFragment']>;

export class PicturesWhenUsed {
  readonly #page: Page;
  readonly #late: LateParts;
  #part: Pictures | null = null;
  #loading: Promise<unknown> | null = null;
  #listening = new AbortController();
  /** Clipboards whose pictures wait for the part, by what is on them. */
  readonly #waiting = new Map<string, () => void>();
  #isPuttingIn = false;

  constructor(page: Page, late: LateParts) {
    this.#page = page;
    this.#late = late;
  }

  /** With the document that the page has now. */
  begin(): void {
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    // Whatever is heard of here is about something in this tree.
    const root: EventTarget = this.#page.renderRoot;
    // A file that is let go over a page would take its place.
    for (const type of ['dragover', 'drop'] as const)
      this.#page.stage.addEventListener(type, this.#fileHeld, { signal });
    root.addEventListener('focusin', this.#focused, { signal });
    root.addEventListener('paste', this.#pasted, { signal, capture: true });
    // From the toolbar, or the menu of a slash.
    root.addEventListener('weft-picture', this.#choose, { signal });
    // The words of what is pasted do not go with the page.
    addEventListener('pagehide', this.#putIn, { signal });
  }

  /** Before the text goes: what waits to be put in is in it by then. */
  end(): void {
    this.#putIn();
    this.#listening.abort();
    this.#part?.close();
    this.#part = null;
    this.#loading = null;
  }

  /** There may be a connection again. */
  wake(): void {
    this.#part?.wake();
  }

  /** Before a text is shown that has pictures: else they would come twice. */
  async before({ doc }: SharedDocument): Promise<void> {
    if (!hasPicture(doc.getXmlFragment('prosemirror'))) return;
    await Promise.race([this.load(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  }

  /** A person chooses pictures to be put at the caret. */
  readonly #choose = (): void => {
    void this.load();
    chooseFiles(true, async (files) => {
      await this.load();
      this.#part?.bring(files);
    });
  };

  /** A link to a file here is no page. @returns whether it is taken care of */
  readonly follow = (href: string): boolean => this.#part?.follow(href) ?? false;

  /** After the text: the Tab key leads to it from there. */
  bar(status: EditorStatus): TemplateResult | typeof nothing {
    return this.#part?.bar(status) ?? nothing;
  }

  /** What has to be seen. */
  get note(): TemplateResult | typeof nothing {
    return this.#part?.note ?? nothing;
  }

  readonly load = (): Promise<unknown> => {
    this.#loading ??= this.#late.use(
      words.parts.pictures,
      () => import('./pictures.js'),
      (part) => {
        const page = this.#page;
        this.#part = new part.Pictures({
          document: page.shared.name,
          ...page.surroundings,
          changed: () => page.requestUpdate(),
        });
        if (page.editor) this.#part.show(page.editor);
        page.requestUpdate();
      },
    );
    void this.#loading.then(() => {
      if (!this.#part) this.#loading = null;
    });
    return this.#loading;
  };

  /** The editor is there. */
  shown(editor: Editor): void {
    this.#part?.show(editor);
  }

  /** Whoever is in the text may paste something the next moment. */
  readonly #focused = ({ target }: Event): void => {
    if (target === this.#page.editor?.view.dom && this.#page.editor?.status.editable) void this.load();
  };

  /** What is pasted before the part is there waits for it, once: a key is pressed again when nothing seems to happen. */
  readonly #pasted = (pasted: Event): void => {
    const event = pasted as ClipboardEvent;
    const { editor } = this.#page;
    const data = event.clipboardData;
    const isForText = editor?.status.editable && editor.view.dom.contains(event.target as Node);
    if (this.#part || this.#isPuttingIn || !data || !isForText) return;
    if (data.files.length === 0 && !/<img/i.test(data.getData('text/html'))) return;
    event.preventDefault();
    event.stopPropagation();
    // A clipboard can be read only now.
    const clipboardData = new DataTransfer();
    const known: unknown[] = [];
    for (const file of data.files) {
      clipboardData.items.add(file);
      known.push(file.name, file.size);
    }
    for (const type of ['text/html', 'text/plain']) {
      clipboardData.setData(type, data.getData(type));
      known.push(data.getData(type));
    }
    const key = JSON.stringify(known);
    if (this.#waiting.has(key)) return;
    const atPlace = editor.keepPlace();
    const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    this.#waiting.set(key, () => {
      if (!atPlace(() => editor.view.dom.dispatchEvent(paste))) this.#part?.notPasted();
    });
    void this.load().then(this.#putIn);
  };

  /** Whether the part came or not. */
  readonly #putIn = (): void => {
    const view = this.#page.editor?.view;
    if (view?.composing) {
      // Changing the text would end what is being composed.
      view.dom.addEventListener('compositionend', () => setTimeout(this.#putIn), { once: true });
      return;
    }
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#isPuttingIn = true;
    for (const put of waiting) put();
    this.#isPuttingIn = false;
  };

  readonly #fileHeld = (held: Event): void => {
    const event = held as DragEvent;
    if (!event.dataTransfer?.types.includes('Files')) return;
    void this.load();
    const { editor } = this.#page;
    const isTaken = editor?.status.editable && editor.view.dom.contains(targetOf(event));
    if (!isTaken) event.dataTransfer.dropEffect = 'none';
    event.preventDefault();
  };
}

function hasPicture(fragment: Fragment): boolean {
  return fragment
    .toArray()
    .some((child) => 'nodeName' in child && (/^(figure|image)$/.test(child.nodeName) || hasPicture(child)));
}

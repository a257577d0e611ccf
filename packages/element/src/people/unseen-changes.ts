// Blocks that others changed while one did not look: each is marked when it comes into view. What one saw as it happened is not, and of
// more at once than anybody looks through there is one notice instead, from which they can be gone through.

import type { Editor } from '@weft/editor';
import { elementOf, type WrittenBlock, type WrittenBlocks } from '@weft/editor/written';
import { headBottom } from '../ui/float.js';
import { scrollTo } from '../ui/scroll-to.js';
import { whenIdle } from '../ui/when-idle.js';
import { ChangeMarks, type Changer } from './change-marks.js';
import { ChangesNotice } from './changes-notice.js';

/** At once: more than that is a restore, a long paste, or a day without a connection. */
const MANY = 30;
/** Of a block at the lower end of the window one has to see a line. */
const LINE_PX = 24;

interface Change {
  readonly element: HTMLElement;
  readonly client: number | null;
  /** It is known that nobody saw it happen. */
  isMissed: boolean;
  /** It was asked for, so it is marked even if nobody knows whose it is. */
  readonly isWanted: boolean;
}

export class UnseenChanges {
  readonly #view: Editor['view'];
  readonly #personOf: (client: number) => Changer | null;
  readonly #marks: ChangeMarks;
  readonly #notice: ChangesNotice;
  readonly #observer: IntersectionObserver;
  /** Changed a moment ago. */
  readonly #fresh = new Map<WrittenBlock, { client: number | null; isMissed: boolean }>();
  readonly #unseen = new Map<WrittenBlock, Change>();
  readonly #elements = new WeakMap<WrittenBlock, HTMLElement>();
  readonly #blocks = new WeakMap<Element, WrittenBlock>();
  #isDue = false;

  /** @param personOf  null of whom nothing is known, as of oneself in another tab */
  constructor(view: Editor['view'], personOf: (client: number) => Changer | null) {
    this.#view = view;
    this.#personOf = personOf;
    this.#marks = new ChangeMarks(view.dom);
    this.#notice = new ChangesNotice(view.dom);
    const rootMargin = `${-Math.round(headBottom(view.dom))}px 0px ${-LINE_PX}px 0px`;
    this.#observer = new IntersectionObserver((entries) => this.#looked(entries), { rootMargin });
  }

  add(blocks: WrittenBlocks, isAway = false): void {
    if (isAway && blocks.size > MANY) return this.#tell([...blocks], true);
    for (const [block, client] of blocks) {
      const before = this.#fresh.get(block);
      const isMissed = isAway || document.hidden || before?.isMissed === true;
      this.#fresh.set(block, { client: client ?? before?.client ?? null, isMissed });
    }
    if (this.#isDue) return;
    this.#isDue = true;
    whenIdle(this.#lookUp);
  }

  end(): void {
    this.#observer.disconnect();
    this.#fresh.clear();
    this.#unseen.clear();
    this.#marks.end();
    this.#notice.end();
  }

  readonly #lookUp = (): void => {
    this.#isDue = false;
    for (const [block, { client, isMissed }] of this.#fresh) {
      const element = this.#elementOf(block);
      if (!element) continue;
      const known = this.#unseen.get(block);
      const whose = client ?? caretIn(element) ?? known?.client ?? null;
      this.#watch(block, { element, client: whose, isMissed: isMissed || known?.isMissed === true, isWanted: false });
    }
    this.#fresh.clear();
  };

  /** The observer says once where each of them is, and from then on when that is different. */
  #watch(block: WrittenBlock, change: Change): void {
    const { element } = change;
    const known = this.#unseen.get(block);
    this.#unseen.set(block, change);
    if (known?.element === element && known.isMissed) return;
    this.#blocks.set(element, block);
    this.#observer.unobserve(element);
    this.#observer.observe(element);
  }

  #looked(entries: readonly IntersectionObserverEntry[]): void {
    const missed: [WrittenBlock, number | null][] = [];
    const come: { readonly change: Change; readonly top: number }[] = [];
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const block = this.#blocks.get(target);
      const change = block && this.#unseen.get(block);
      if (!change || change.element !== target) {
        this.#observer.unobserve(target);
      } else if (isIntersecting) {
        this.#forget(block, change);
        if (change.isMissed) come.push({ change, top: boundingClientRect.top });
      } else if (!change.isMissed) {
        change.isMissed = true;
        missed.push([block, change.client]);
      }
    }
    if (missed.length > MANY) this.#tell(missed, false);
    come.sort((one, other) => one.top - other.top);
    const marks = come.map(({ change: { element, client, isWanted } }) => {
      const who = client === null ? null : this.#personOf(client);
      return { element, who, isShown: who !== null || isWanted };
    });
    this.#marks.show(new Map(marks.filter(({ isShown }) => isShown).map(({ element, who }) => [element, who])));
  }

  /** One sentence instead of a mark for each. */
  #tell(changes: readonly (readonly [WrittenBlock, number | null])[], isAway: boolean): void {
    for (const [block] of changes) {
      const change = this.#unseen.get(block);
      if (change) this.#forget(block, change);
    }
    this.#notice.tell(changes.length, isAway, () => {
      let first: HTMLElement | null = null;
      for (const [block, client] of changes) {
        const element = this.#elementOf(block);
        if (!element) continue;
        if (!first || element.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING) first = element;
        this.#watch(block, { element, client, isMissed: true, isWanted: true });
      }
      scrollTo(first);
    });
  }

  #forget(block: WrittenBlock, { element }: Change): void {
    this.#unseen.delete(block);
    this.#observer.unobserve(element);
  }

  #elementOf(block: WrittenBlock): HTMLElement | null {
    const known = this.#elements.get(block);
    if (known?.isConnected) return known;
    const element = elementOf(this.#view, block);
    if (element) this.#elements.set(block, element);
    return element;
  }
}

/** Who takes letters away leaves none of theirs; but their caret stands there. */
function caretIn(element: Element): number | null {
  const [caret, other] = element.querySelectorAll<HTMLElement>('.weft-caret');
  return caret && !other ? Number(caret.dataset.client) : null;
}

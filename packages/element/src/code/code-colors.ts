// Colours in code, for blocks that say which language theirs is. The browser paints them over the text (CSS Custom Highlight API): neither
// the document nor what the editor has drawn is touched, and what was changed is noticed as the browser notices it. A block whose
// text is another is gone through again, no other; a long one when the browser has nothing else to do.

import { whenIdle } from '../ui/when-idle.js';
import { type CodeKind, type CodeSpan, codeKinds, codeSpans } from './code-spans.js';

const CODE = 'pre[data-language]';
/** Carets of others, and what stands for things that are no text. */
const NOT_CODE = '.ProseMirror-widget, [contenteditable="false"]';
/** Beyond this it waits: some milliseconds. */
const MAX_LENGTH_AT_ONCE = 3_000;
const MAX_LENGTH = 100_000;

interface Colored {
  readonly code: string;
  readonly language: string;
  readonly spans: readonly CodeSpan[];
  readonly ranges: readonly (readonly [CodeKind, StaticRange])[];
}

export class CodeColors {
  readonly #observer: MutationObserver;
  readonly #colored = new Map<Element, Colored>();
  readonly #late = new Set<Element>();
  readonly #highlights = new Map<CodeKind, Highlight>();

  /** @param root  with the text in it */
  constructor(root: HTMLElement) {
    this.#observer = new MutationObserver((changes) => this.#changed(changes));
    if (!('highlights' in CSS)) return;
    for (const kind of codeKinds) {
      const highlight = new Highlight();
      this.#highlights.set(kind, highlight);
      CSS.highlights.set(`code-${kind}`, highlight);
    }
    const attributes = { attributes: true, attributeFilter: ['data-language'] };
    this.#observer.observe(root, { childList: true, characterData: true, subtree: true, ...attributes });
    for (const block of root.querySelectorAll(CODE)) this.#color(block);
  }

  end(): void {
    this.#observer.disconnect();
    for (const kind of this.#highlights.keys()) CSS.highlights.delete(`code-${kind}`);
    this.#highlights.clear();
    this.#late.clear();
  }

  #changed(changes: readonly MutationRecord[]): void {
    const due = new Set<Element>();
    for (const { target, addedNodes } of changes) {
      const block = (target instanceof Element ? target : target.parentElement)?.closest(CODE);
      if (block) due.add(block);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const added of node.matches(CODE) ? [node] : node.querySelectorAll(CODE)) due.add(added);
      }
    }
    for (const block of this.#colored.keys()) if (!this.#isThere(block)) this.#forget(block);
    for (const block of due) this.#color(block);
  }

  #isThere(block: Element): boolean {
    return block.isConnected && block.matches(CODE);
  }

  #color(block: Element): void {
    if (!this.#isThere(block)) return;
    const texts = textsIn(block);
    const code = texts.map(({ data }) => data).join('');
    const language = block.getAttribute('data-language')!;
    const before = this.#colored.get(block);
    const isSame = before?.code === code && before.language === language;
    if (!isSame && code.length > MAX_LENGTH_AT_ONCE && !this.#late.has(block)) return this.#colorLater(block);
    this.#late.delete(block);
    this.#forget(block);
    const spans = isSame ? before.spans : code.length > MAX_LENGTH ? [] : codeSpans(code, language);
    const ranges = rangesOf(spans, texts);
    this.#colored.set(block, { code, language, spans, ranges });
    for (const [kind, range] of ranges) this.#highlights.get(kind)?.add(range);
  }

  #colorLater(block: Element): void {
    this.#late.add(block);
    whenIdle(() => {
      if (this.#late.has(block)) this.#color(block);
    });
  }

  #forget(block: Element): void {
    for (const [kind, range] of this.#colored.get(block)?.ranges ?? []) this.#highlights.get(kind)?.delete(range);
    this.#colored.delete(block);
  }
}

function textsIn(block: Element): Text[] {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node instanceof Text) return NodeFilter.FILTER_ACCEPT;
    return (node as Element).matches(NOT_CODE) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  });
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  return texts;
}

/** Each within one text, so that nothing between two is painted. They do not follow the text: what follows it costs each letter of the page. */
function rangesOf(spans: readonly CodeSpan[], texts: readonly Text[]): [CodeKind, StaticRange][] {
  const ranges: [CodeKind, StaticRange][] = [];
  let [index, start] = [0, 0];
  for (const { from, to, kind } of spans) {
    while (from >= start + texts[index]!.length) start += texts[index++]!.length;
    // The last of them may hold the beginning of the next span as well.
    for (let [at, first] = [index, start]; at < texts.length && first < to; first += texts[at++]!.length) {
      const text = texts[at]!;
      const [startOffset, endOffset] = [Math.max(0, from - first), Math.min(text.length, to - first)];
      if (startOffset < endOffset) {
        ranges.push([kind, new StaticRange({ startContainer: text, startOffset, endContainer: text, endOffset })]);
      }
    }
  }
  return ranges;
}

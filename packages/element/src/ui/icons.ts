// Icons as templates. Each is decoration: the control around it has the name.

import { html, type TemplateResult } from 'lit';
import { unsafeSVG } from 'lit/directives/unsafe-svg.js';
import {
  Bold,
  Check,
  ChevronDown,
  ChevronUp,
  CloudOff,
  Code,
  Copy,
  Ellipsis,
  FileText,
  GripVertical,
  Image,
  Italic,
  Link,
  List,
  ListOrdered,
  ListTodo,
  LogIn,
  Minus,
  MonitorX,
  Plus,
  Quote,
  Redo2,
  RotateCw,
  Search,
  SquareCode,
  Strikethrough,
  Trash2,
  TriangleAlert,
  Underline,
  Undo2,
  X,
} from 'lucide';

type IconNode = readonly (readonly [tag: string, attributes: Readonly<Record<string, string | number | undefined>>])[];

/** The drawing comes from lucide's own constants, so it is as trusted as this file. @param way  it points where lines go, and is mirrored with them */
export function icon(node: IconNode, way: '' | 'way' = ''): TemplateResult {
  const drawing = node
    .map(([tag, attributes]) => {
      const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
      return `<${tag} ${written.join(' ')}/>`;
    })
    .join('');
  return html`<svg class="icon ${way}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${unsafeSVG(drawing)}</svg>`;
}

/** Those of the page that a document is written in, and of more than one other. */
export const icons = {
  bold: icon(Bold),
  bulletList: icon(List),
  check: icon(Check),
  chevronDown: icon(ChevronDown),
  chevronUp: icon(ChevronUp),
  close: icon(X),
  code: icon(Code),
  codeBlock: icon(SquareCode),
  copy: icon(Copy),
  device: icon(MonitorX),
  document: icon(FileText),
  grip: icon(GripVertical),
  italic: icon(Italic),
  link: icon(Link),
  logIn: icon(LogIn),
  offline: icon(CloudOff),
  more: icon(Ellipsis),
  orderedList: icon(ListOrdered),
  picture: icon(Image),
  plus: icon(Plus),
  quote: icon(Quote),
  redo: icon(Redo2, 'way'),
  retry: icon(RotateCw),
  rule: icon(Minus),
  search: icon(Search),
  strike: icon(Strikethrough),
  tasks: icon(ListTodo),
  trash: icon(Trash2),
  underline: icon(Underline),
  undo: icon(Undo2, 'way'),
  warning: icon(TriangleAlert),
};

/** Warp and weft. */
export const logo = html`<svg class="logo" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke-width="2.4" stroke-linecap="round" aria-hidden="true">
  <path d="M3 8h4.4M11 8h10M3 16h10M16.6 16H21" stroke="var(--accent)" />
  <path d="M9 3v10M9 16.6V21M15 3v1.9M15 8.9V21" stroke="var(--ink)" />
</svg>`;

// Names and colours of people, as they may be shown. Both come from other clients, so neither is trusted: a name is one
// short line of text, a colour is #rrggbb and is darkened until white letters on it can be read.

import * as words from '@weft/words/text';

const MAX_SHOWN_NAME_LENGTH = 64;
const NO_COLOR = '#59636e';
const READABLE_CONTRAST = 4.5;
const hexColor = /^#[0-9a-f]{6}$/i;
// Controls, and the characters that reorder or hide neighbouring text.
const unshowable = /[\p{Cc}\p{Cs}\p{Co}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

export function safeName(name: unknown): string {
  if (typeof name !== 'string') return words.somebody;
  const line = name.replace(unshowable, ' ').replace(/\s+/g, ' ').trim();
  return line === '' ? words.somebody : [...line].slice(0, MAX_SHOWN_NAME_LENGTH).join('');
}

export function safeColor(color: unknown): string {
  return typeof color === 'string' && hexColor.test(color) ? color.toLowerCase() : NO_COLOR;
}

/** The colour, darkened as little as makes white text on it readable (contrast 4.5). */
export function labelColor(color: unknown): string {
  let channels = channelsOf(safeColor(color));
  while (contrastWithWhite(channels) < READABLE_CONTRAST) channels = channels.map((c) => c * 0.96);
  return `#${channels.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;
}

/** One or two letters that stand for a name: "Noor Aziz" is NA, "Tomás" is TO. */
export function initials(name: string): string {
  const words = safeName(name).split(' ');
  const first = [...words[0]!];
  const last = words.length > 1 ? [...words.at(-1)!] : [];
  return ((first[0] ?? '') + (last[0] ?? first[1] ?? '')).toLocaleUpperCase();
}

function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}

/** WCAG 2 contrast; white has luminance 1. */
function contrastWithWhite(channels: readonly number[]): number {
  const [r, g, b] = channels.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r! + 0.7152 * g! + 0.0722 * b! + 0.05);
}

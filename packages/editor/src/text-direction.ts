// Which way a text goes: that of its first letter, as browsers find it out (Unicode bidi P2, P3).

/** Hebrew, Arabic, Syriac, Thaana, N’Ko and those near them; and what is right to left beyond the first plane. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Not one without letters. */
export function isRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(/\p{L}/u.exec(text)?.[0] ?? '');
}

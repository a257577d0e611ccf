// In which language somebody gets the app: the one they chose in it, else the first their browser asks for that there is, else English.
// Which there are, the built pages say by their names: index.html, index.de.html, ….

import type { IncomingHttpHeaders } from 'node:http';

/** As web/src/shell/language.ts sets it. */
const CHOSEN = /(?:^|;\s*)weft-language=([\w-]+)/;

/** What an answer that was chosen so depends on, besides what all do. */
export const LANGUAGE_VARY = 'Origin, Accept-Language, Cookie';

export const languagesAmong = (files: readonly string[]): string[] =>
  files.flatMap((file) => /^index\.([\w-]+)\.html$/.exec(file)?.[1] ?? []);

/** @returns null for English */
export function languageFor(
  { cookie = '', 'accept-language': accepted = '' }: IncomingHttpHeaders,
  languages: readonly string[],
): string | null {
  const wanted = [CHOSEN.exec(cookie)?.[1], ...inOrder(accepted)];
  const first = wanted.find(
    (language) => language === 'en' || (language !== undefined && languages.includes(language)),
  );
  return first === undefined || first === 'en' ? null : first;
}

/** "de-CH, en;q=0.8, fr;q=0" is German, then English. */
const inOrder = (accepted: string): string[] =>
  accepted
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((text) => text.trim());
      const quality = parameters.find((text) => text.startsWith('q='))?.slice(2);
      return { language: tag.split('-', 1)[0]!.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ language }) => language);

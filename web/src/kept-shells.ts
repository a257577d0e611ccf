// Which shells of the app a browser keeps: of the language it is in now also the one before, for pages that were opened with it and
// load parts of it later; of each other language the last, for tabs that are still in it; and none of a language that there is no more.

const PREFIX = 'weft-shell ';
const KEPT_SHELLS = 2;

/** What a browser calls one. */
export const shellName = (language: string, version: string): string => `${PREFIX}${language} ${version}`;

/** @param names  of all that the browser keeps, the oldest first @param languages  that there are */
export function outlivedShells(names: readonly string[], language: string, languages: readonly string[]): string[] {
  const shells = names.filter((name) => name.startsWith(PREFIX));
  const kept = languages.flatMap((known) =>
    shells.filter((name) => name.startsWith(shellName(known, ''))).slice(known === language ? -KEPT_SHELLS : -1),
  );
  return shells.filter((name) => !kept.includes(name));
}

export const onlyYou = 'Sonst ist niemand hier';
export const peopleHere = (count: number) => `${count} Personen sind hier`;
export const morePeople = (count: number) => `${count} weitere Personen sind hier`;
export const everybody = 'Alle, die hier sind';
export const followPerson = (name: string) => `${name} – folgen`;
export const isWriting = 'schreibt gerade';
export const areWriting = (count: number) =>
  count === 1 ? 'Darunter schreibt jemand' : `${count} davon schreiben gerade`;
export const joined = (names: readonly string[]) => did(names, 'gekommen');
export const left = (names: readonly string[]) => did(names, 'gegangen');

const did = (names: readonly string[], what: string): string =>
  names.length === 0
    ? ''
    : names.length < 3
      ? `${names.join(' und ')} ${names.length === 1 ? 'ist' : 'sind'} ${what}.`
      : `${names.length} Personen sind ${what}.`;

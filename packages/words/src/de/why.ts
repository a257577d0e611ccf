const refusals: Readonly<Record<string, string>> = {
  malformed: 'Der Server konnte diese Änderung nicht lesen.',
  'too-large': 'Diese Änderung ist zu groß.',
  'cannot-merge': 'Diese Änderung braucht Text, den der Server nicht hat.',
  'read-only': 'Dieses Dokument lässt sich nur lesen.',
  'client-id-taken': 'Dieser Text ließ sich nicht neu schreiben.',
  tangled: 'An einer Stelle kam zu viel zusammen.',
  'document-full': 'Dieses Dokument ist so lang, wie es werden darf.',
  replaced: 'Das Dokument wurde ersetzt; dieser Text fehlt darin.',
  diverged: 'Seite und Server zeigten nicht dasselbe.',
  'another-person': 'Dies war nicht gespeichert, als sich jemand anderes anmeldete.',
};

export const refused = (code: string, sentence: string): string => refusals[code] ?? closed(Number(code), sentence);
export const closed = (code: number, sentence: string): string => {
  if (code === 4403) return 'Es gibt keinen Zugang mehr.';
  return code > 4399 && code < 4500 ? 'Seite und Server verstehen einander nicht.' : sentence;
};
export const onlyReading = (_sentence: string): string => 'Lesen ja, Schreiben gerade nicht';

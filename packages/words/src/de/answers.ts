export const answered = (code: string, sentence: string): string =>
  sentences.get(code) ?? `Der Server sagt auf Englisch: „${sentence}“`;

const wait = 'Bitte später nochmals versuchen.';
const unchanged = 'Nichts wurde geändert.';

// A map: a code is whatever a server sends, `constructor` too.
const sentences: ReadonlyMap<string, string> = new Map(
  Object.entries({
    BEFORE_BEGINNING: 'Damals gab es das Dokument noch nicht.',
    BAD_NAME: 'So kann ein Dokument nicht heißen.',
    BAD_SHARING: 'So lässt es sich nicht teilen. Stimmt die Adresse? Gibt es den Link noch?',
    CHANNEL_REPLACED: 'Das Dokument wurde inzwischen ersetzt. Bitte die Seite neu laden.',
    EDITORS_ONLY: 'Den Verlauf sieht, wer hier schreiben darf.',
    EXISTS: 'Ein Dokument mit diesem Namen gibt es schon.',
    INTERNAL: 'Im Server ist etwas fehlgeschlagen. Kein Dokument ist betroffen.',
    IN_TRASH: 'Dieses Dokument liegt im Papierkorb.',
    MAY_NOT_CREATE: 'Das Recht, hier ein Dokument anzulegen, fehlt.',
    NOT_FOUND: 'Das gibt es nicht, oder das Recht dazu fehlt.',
    NOT_IN_TRASH: `Dieses Dokument liegt nicht mehr im Papierkorb. ${unchanged}`,
    NOT_SAVED: `Der Server kann gerade nicht speichern. ${wait}`,
    NO_ACCESS: `Das Recht dazu fehlt inzwischen. ${unchanged}`,
    NO_GUESTS: 'Hier kommt nur herein, wer sich anmeldet.',
    NO_SUCH_BLOCK: 'Diesen Absatz gab es damals nicht.',
    NO_SUCH_ENTRY: 'Diesen Moment gibt es nicht.',
    NO_SUCH_VERSION: 'Diese Version gibt es nicht.',
    OWNERS_ONLY: 'Das darf nur, wem das Dokument gehört.',
    PAST_TRIMMED: 'Dieser Teil des Verlaufs wurde für immer entfernt.',
    RESTORE_REFUSED: 'Das lässt sich so nicht wiederherstellen. Bitte das Dokument ansehen.',
    RESTORE_UNKNOWN:
      'Im Server ist etwas fehlgeschlagen, als es vielleicht schon geschrieben war. Bitte nochmals versuchen: Doppelt geschieht nichts.',
    SEVERAL_SERVERS: `Das geht nicht, solange ein Server einer früheren Version läuft. ${unchanged}`,
    STORE_SILENT: `Die Datenbank des Servers antwortet nicht. ${wait}`,
    TOO_LARGE: 'Das ist zu viel auf einmal.',
    TOO_MANY: `Das ist zu viel auf einmal. ${wait}`,
    TOO_MANY_NAMES:
      'Dieser Moment hat schon alle Namen, die er haben kann. Was danach geschrieben wird, kann neue haben.',
    TOO_OFTEN: `Das war zu oft. ${wait}`,
    UNAUTHORIZED: 'Die Anmeldung gilt nicht mehr. Bitte neu anmelden.',
  }),
);

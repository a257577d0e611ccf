export const opening = 'Wird geöffnet …';
export const nothingWritten = 'Noch nichts geschrieben';
export const saved = 'Gespeichert';
export const savedAt = (time: string) => `Gespeichert · ${time}`;
export const saving = 'Wird gespeichert …';
export const everythingSaved = 'Alles ist gespeichert.';
export const refused = 'Änderung abgelehnt · der Text bleibt erhalten';

export const canRead = 'Nur Lesen';
export const canComment = 'Lesen und Kommentieren';
export const cannotWrite = 'Lesen ja, Schreiben hier nicht';
export const onlyReading = (_sentence: string): string => 'Lesen ja, Schreiben gerade nicht';

export const where = {
  device: 'auf diesem Gerät',
  tab: 'in diesem Tab',
  onlyTab: 'nur in diesem Tab: Dieser Browser hat keinen Platz mehr',
};
type Where = keyof typeof where;

export const offline = (changes: number, kept: Where) =>
  `Offline · ${changes === 0 ? 'Geschriebenes bleibt' : `${changes.toLocaleString('de')} ${changes === 1 ? 'Änderung' : 'Änderungen'}`} ${where[kept]}`;
export const offlineSpoken = (kept: Where) => `Offline. Die Änderungen bleiben ${where[kept]}.`;

export const reasons = {
  busy: 'der Server hat zu viel zu tun',
  'cannot-open': 'der Server kann dieses Dokument nicht öffnen',
  stuck: 'der Server antwortet nicht; es wird neu verbunden',
  differs: 'Seite und Server waren verschieden; was fehlt, wird übertragen',
  'disk-full': 'der Datenträger des Servers ist voll',
  'disk-failing': 'der Server kann nicht auf seinen Datenträger schreiben',
  'store-silent': 'die Datenbank des Servers antwortet nicht',
  'not-answering': 'der Server antwortet nicht',
};
export const notSaved = (reason: keyof typeof reasons, onDevice: boolean) =>
  `Noch nicht gespeichert · ${reasons[reason]}. Die Änderungen bleiben ${keptThere(onDevice)}`;
export const cannotSave = (reason: keyof typeof reasons, onDevice: boolean) =>
  `Speichern geht gerade nicht · ${reasons[reason]}. Geschriebenes bleibt ${keptThere(onDevice)}`;
export const cannotOpen =
  'Der Server kann dieses Dokument nicht öffnen. Wer ihn betreibt, weiß davon; es wird weiter versucht.';
export const stillFetching = 'Der Text wird noch geholt · der Server antwortet nicht.';

const keptThere = (onDevice: boolean): string =>
  onDevice ? 'auf diesem Gerät.' : 'hier: diesen Tab bitte offen lassen.';

export const copied = 'Kopiert';
export const copyText = 'Text kopieren';
export const reload = 'Neu laden';
export const readIt = 'Lesen';
export const dismiss = 'Schließen';
export const signIn = 'Anmelden';
export const connect = 'Neu verbinden';

export const noName = 'Diese Adresse nennt kein Dokument';
export const closed = 'Der Server hat dieses Dokument geschlossen';
export const stillHere = 'Der Text ist noch auf dieser Seite: bitte kopieren.';
export const signedOut = 'Abgemeldet';

export const serverIsOlder = 'Der Server ist älter als diese Seite';
export const goesOn = 'Es geht von selbst weiter, sobald der Server aktualisiert ist.';
export const savedThen = (onDevice: boolean) =>
  `Geschriebenes bleibt auf ${onDevice ? 'diesem Gerät' : 'dieser Seite (bitte offen lassen)'} und wird dann gespeichert.`;

export const serverIsNewer = 'Der Server wurde aktualisiert';
export const fromBefore = 'Diese Seite ist von vorher. Bitte neu laden.';
export const fromBeforeUnsaved = 'Diese Seite ist von vorher. Neues steht nur hier: bitte kopieren, dann neu laden.';

export const ended = 'Der Server hat die Verbindung beendet';
export const keptHere = (onDevice: boolean) =>
  `Noch nicht Gespeichertes bleibt ${onDevice ? 'auf diesem Gerät' : 'nur auf dieser Seite'}.`;

export const needsNewer = 'Dieses Dokument braucht ein neueres Weft';
export const canStillRead = 'Lesen geht weiter. Vielleicht hilft Neuladen.';

export const refused = 'Eine Änderung wurde abgelehnt';
export const asWritten = (onDevice: boolean) =>
  `Der Text, wie er geschrieben wurde, bleibt auf ${onDevice ? 'diesem Gerät' : 'dieser Seite'}: Er lässt sich lesen, zurücklegen oder kopieren.`;
export const notOnServer = 'Text von dieser Seite ist nicht auf dem Server';
export const asItWas = (onDevice: boolean) =>
  `Der Text, wie er war, bleibt auf ${onDevice ? 'diesem Gerät' : 'dieser Seite'}: Er lässt sich lesen, zurücklegen oder kopieren.`;
export const newestOf = (drafts: number) => `Dies ist der neueste von ${drafts}; „Schließen“ führt zum vorigen.`;

const comeIn = (bySignIn: boolean): string => (bySignIn ? 'anmelden' : 'in einem anderen Tab wiederkommen');
export const endedUnseen = (bySignIn: boolean) =>
  `Die Anmeldung ist abgelaufen. Um den Text zu sehen, bitte ${comeIn(bySignIn)} und neu verbinden.`;
export const endedKept = (bySignIn: boolean, onDevice: boolean) =>
  `Die Anmeldung ist abgelaufen. Geschriebenes bleibt ${onDevice ? 'auf diesem Gerät' : 'in diesem Tab (bitte offen lassen)'}: bitte ${comeIn(bySignIn)}, dann wird es gespeichert.`;
export const endedReadOnly = (bySignIn: boolean, draft: 'device' | 'tab' | null) =>
  `Die Anmeldung ist abgelaufen. ${draft === null ? 'Was geschrieben wurde, ist gespeichert.' : `Das zuletzt Geschriebene ist nicht gespeichert und steht nur ${draft === 'device' ? 'auf diesem Gerät' : 'in diesem Tab'}: bitte kopieren.`} Um weiterzuschreiben, bitte ${comeIn(bySignIn)} und neu verbinden.`;

export const textOfFile = (file: string) => `Der Text aus „${file}“ ist da`;
export const andMore = (count: number) => `Und ${count} weitere.`;

export const pageTitle = 'Aufgehoben – Weft';
export const keptText = 'Aufgehobener Text';
export const homeLabel = 'Weft: alle Dokumente';
export const keptForYou = 'Aufgehoben';
export const lead =
  'Was der Server nicht angenommen hat. Es bleibt in diesem Browser, bis es zurückgelegt oder verworfen wird.';
export const nothingKept = 'Hier ist nichts aufgehoben';
export const allInDocuments = 'Alles, was in diesem Browser geschrieben wurde, steht in seinem Dokument.';
export const allDocuments = 'Alle Dokumente';
export const wasThrownAway = <Shown>(title: Shown) => ['Der Text aus „', title, '“ wurde verworfen.'];
export const undo = 'Rückgängig';

export const thisText = 'Dieser Text';
export const putBack = 'Zurücklegen';
export const makeDocument = 'Neues Dokument daraus machen';
export const copy = 'Kopieren';
export const download = 'Herunterladen';
export const throwAway = 'Verwerfen';
export const itsDocument = 'sein Dokument';
export const putBackMeans = <Shown>(link: Shown) => [
  'Zurücklegen schreibt ihn wieder in ',
  link,
  ', an seine Stelle, als wäre er gerade getippt worden.',
];
export const oneMoment = 'Einen Moment …';
export const stillKept = (reason: string) => `${reason} Der Text ist weiterhin hier aufgehoben.`;
export const isBack = 'Der Text steht wieder in seinem Dokument.';
export const textCopied = 'Der Text ist in der Zwischenablage.';
export const textNotCopied = 'Der Text konnte nicht kopiert werden. Bitte auswählen und von Hand kopieren.';
export const throwAwayThis = (title: string) => `Diesen Text aus „${title}“ verwerfen?`;
export const onlyHere = 'Er steht nur in diesem Browser. Eine Minute lang lässt es sich rückgängig machen.';
export const noText = 'Kein Text';
export const fileName = 'Text';
export const untitled = 'Ohne Titel';

export const copyByHand =
  'Der Text kam nicht in die Zwischenablage. Hier steht er: bitte auswählen und von Hand kopieren.';
export const yourText = 'Der Text';
export const yourTextCopied = 'Der Text ist in der Zwischenablage.';

export const alreadyThere = 'Alles daraus steht schon im Dokument.';
export const doesNotFit =
  'Er passt nicht mehr in das Dokument: Worin er stand, ist weg. Bitte ein neues Dokument daraus machen oder kopieren.';
export const noDocumentOfIt = 'Daraus lässt sich kein Dokument machen. Bitte kopieren.';
export const mayOnlyRead = 'Sein Dokument lässt sich jetzt nur lesen. Bitte ein neues daraus machen oder kopieren.';
export const cannotOpen = 'Sein Dokument lässt sich jetzt nicht öffnen.';
export const noAnswer = 'Der Server ist nicht erreichbar. Bitte nochmals versuchen, wenn es eine Verbindung gibt.';

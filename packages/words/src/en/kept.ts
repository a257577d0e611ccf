// Texts that are kept in this browser, since the server did not take them.

export const pageTitle = 'Kept for you – Weft';
export const keptText = 'Kept text';
export const homeLabel = 'Weft: all documents';
export const keptForYou = 'Kept for you';
export const lead =
  'What you wrote and the server did not take. It stays in this browser until you put it back or throw it away.';
export const nothingKept = 'Nothing is kept here';
export const allInDocuments = 'Everything you wrote in this browser is in its document.';
export const allDocuments = 'All documents';
export const wasThrownAway = <Shown>(title: Shown) => ['The text of “', title, '” was thrown away.'];
export const undo = 'Undo';

export const thisText = 'This text';
export const putBack = 'Put back';
export const makeDocument = 'Make a new document';
export const copy = 'Copy';
export const download = 'Download';
export const throwAway = 'Throw away';
export const itsDocument = 'its document';
/** @param link  to its document, as it is shown */
export const putBackMeans = <Shown>(link: Shown) => [
  'Put back writes it into ',
  link,
  ', where it was, as if you typed it now.',
];
export const oneMoment = 'One moment…';
export const stillKept = (reason: string) => `${reason} It is still kept here.`;
export const isBack = 'The text is back in its document.';
export const textCopied = 'The text is on the clipboard.';
export const textNotCopied = 'The text could not be copied. Select it and copy it by hand.';
export const throwAwayThis = (title: string) => `Throw away this text of “${title}”?`;
export const onlyHere = 'It is in this browser only. You can undo this for a minute.';
export const noText = 'No text';
export const fileName = 'text';
export const untitled = 'Untitled';

export const copyByHand = 'Your text could not be put on the clipboard. Here it is: select it and copy it by hand.';
export const yourText = 'Your text';
export const yourTextCopied = 'Your text is on the clipboard.';

export const alreadyThere = 'Everything in it is in the document already.';
export const doesNotFit =
  'It does not fit into the document any more: what it stood in is gone, or was replaced. Make a new document of it, or copy it.';
export const noDocumentOfIt = 'No document can be made of it. Copy it.';
export const mayOnlyRead = 'You may only read its document now. Make a new one of it, or copy it.';
export const cannotOpen = 'Its document cannot be opened now.';
export const noAnswer = 'The server cannot be reached. Try again when there is a connection.';

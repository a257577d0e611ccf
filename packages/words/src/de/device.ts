export const forgetOne = {
  title: (title: string) => `„${title}“ auf diesem Gerät vergessen?`,
  text: 'Die Kopie wird aus diesem Browser entfernt. Das Dokument bleibt auf dem Server und öffnet sich dann von dort.',
  titleUnsaved: (title: string) => `„${title}“ vergessen und verlieren, was nicht gespeichert ist?`,
  textUnsaved:
    'Manches steht nur in diesem Browser und geht mit der Kopie. Was gespeichert ist, bleibt auf dem Server.',
};
export const forgetAll = {
  title: 'Auf diesem Gerät alles vergessen?',
  text: 'Die Kopien der Dokumente und geteilte Links werden aus diesem Browser entfernt. Die Dokumente bleiben auf dem Server.',
  titleUnsaved: 'Alles vergessen und verlieren, was nicht gespeichert ist?',
  textUnsaved:
    'Manches steht nur in diesem Browser und geht mit den Kopien. Was gespeichert ist, bleibt auf dem Server.',
};
export const forget = 'Vergessen';
export const loseAndForget = 'Trotzdem vergessen';
export const cancel = 'Abbrechen';
export const untitled = 'Ohne Titel';
export const forgotten = 'Auf diesem Gerät ist es vergessen.';
export const notForgotten =
  'Es konnte nicht vergessen werden: Dieser Browser erlaubt es gerade nicht, seinen Speicher zu ändern. Bitte nochmals versuchen.';

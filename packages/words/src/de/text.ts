export const document = 'Dokument';
export const atThisMoment = 'Der Text in diesem Moment';
export const asItWas = 'Der Text, wie er war';
export const somebody = 'Jemand';
export const picture = 'Bild';
export const damaged =
  'Dieses Bild kam beschädigt an. Bitte einzeln nochmals kopieren, oder speichern und die Datei hierher ziehen.';
export const done = 'erledigt';
export const toDo = 'offen';
export const addCaption = 'Unterschrift hinzufügen';
export const ofNewerForm = (form: number, known: number) =>
  `Es ist von einem neueren Weft (Form ${form} statt ${known}).`;

// Asks for pictures on this device. It is no late part: browsers show the question in answer to a key or a click alone, and not
// some seconds later, when a script has come.

import * as words from '@weft/words/pictures';

/** @param then  gets what was chosen; is not called when nothing was */
export function chooseFiles(isMany: boolean, then: (files: readonly File[]) => void): void {
  const chooser = document.createElement('input');
  chooser.type = 'file';
  chooser.accept = 'image/*';
  chooser.multiple = isMany;
  // Whatever the styles of a page say of fields, or of what is hidden.
  chooser.style.display = 'none';
  chooser.ariaLabel = words.pictures;
  document.body.append(chooser);
  chooser.addEventListener('cancel', () => chooser.remove());
  chooser.addEventListener('change', () => {
    chooser.remove();
    then([...(chooser.files ?? [])]);
  });
  chooser.click();
}

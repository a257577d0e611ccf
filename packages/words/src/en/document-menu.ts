// What one seldom does with a document.

export const more = 'More';
export const formats = { docx: 'Word', markdown: 'Markdown', html: 'Web page', text: 'Plain text' };
export const downloadAs = 'Download as';
export const downloadAsFormat = (format: string, ending: string) => `Download as ${format} (${ending})`;
export const find = 'Find…';
export const findAndReplace = 'Find and replace…';
export const focusMode = 'Focus mode';
export const fullScreen = 'Full screen';
export const inFullScreen = 'Full screen. Escape leaves it.';
export const noFullScreen = 'Full screen is off.';
export const pageWidth = 'Page width';
export const widths = { normal: 'Normal', wide: 'Wide', full: 'Full' };
export const history = 'History';
export const shortcuts = 'Keyboard shortcuts';
export const forget = 'Forget on this device…';
export const moveToTrash = 'Move to the trash';
export const notMoved = 'It could not be moved to the trash.';
export const notMade = 'The file could not be made.';
export const asItWas = 'Your text is as it was. Look at the connection, and try again, or reload the page.';
export const couldNotHold = 'The file is there. What it could not hold:';
export const isDownloaded = 'The file is being downloaded.';
export const untitled = 'Untitled';

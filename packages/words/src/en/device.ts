// Forgetting what this browser keeps.

export const forgetOne = {
  title: (title: string) => `Forget “${title}” on this device?`,
  text: 'Its copy is removed from this browser. The document stays on the server, and opens again with a connection.',
  titleUnsaved: (title: string) => `Forget “${title}” and lose what is not saved?`,
  textUnsaved:
    'Some of what you wrote in it is in this browser only, and goes with its copy. What is saved stays on the server.',
};
export const forgetAll = {
  title: 'Forget everything on this device?',
  text: 'The copies of your documents, and links that were shared with you, are removed from this browser. The documents stay on the server.',
  titleUnsaved: 'Forget everything and lose what is not saved?',
  textUnsaved:
    'Some of what you wrote is in this browser only, and goes with the copies of your documents. What is saved stays on the server.',
};
export const forget = 'Forget';
export const loseAndForget = 'Lose it and forget';
export const cancel = 'Cancel';
export const untitled = 'Untitled';
export const forgotten = 'It is forgotten on this device.';
export const notForgotten =
  'It could not be forgotten: this browser does not let its storage be changed now. Try again.';

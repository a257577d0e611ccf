// Oneself: who one is here, and in which language.

export const you = 'You';
export const thisMenu = 'This menu';
export const isYou = (name: string) => `${name} (you)`;
export const opensAccount = (name: string) => `${name} (you): your account`;
export const opensGuest = (name: string) => `${name} (you): change name or colour`;

export const yourName = 'Your name';
export const yourColour = 'Your colour';
export const colours = {
  blue: 'Blue',
  red: 'Red',
  green: 'Green',
  amber: 'Amber',
  violet: 'Violet',
  teal: 'Teal',
  rust: 'Rust',
  olive: 'Olive',
  pink: 'Pink',
  slate: 'Slate',
};
export const language = 'Language';
export const languageThen = 'With Done the page is loaded anew in that language.';

export const othersSeeName = 'Others see your name at your cursor.';
export const othersSeeBoth = 'Others see your name and colour at your cursor. Both are remembered in this browser.';
export const staysYours = 'What you write as a guest stays yours when you sign in.';
export const leavesUnsaved = 'Some of what you wrote is not saved yet, and leaves this browser with you.';

export const signIn = 'Sign in';
export const signOut = 'Sign out';
export const signOutAnyway = 'Sign out anyway';
export const done = 'Done';
export const forgetAll = 'Forget all on this device…';

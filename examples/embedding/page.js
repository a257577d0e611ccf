// Gives both editors what they show the server, and uses one of them from outside.

const who = new URLSearchParams(location.search);
// A token is asked for whenever the server wants one: it may be short-lived.
const getToken = async () => who.get('token') ?? (await fetch(`token?name=${who.get('name') ?? 'Hanna'}`)).text();

for (const editor of document.querySelectorAll('weft-editor')) editor.getToken = getToken;

const notes = document.querySelector('#notes');
const state = document.querySelector('#state');
notes.addEventListener('weft-save', ({ detail }) => (state.textContent = detail.kind));

const bold = document.querySelector('#bold');
// The caret stays in the text.
bold.addEventListener('mousedown', (event) => event.preventDefault());
bold.addEventListener('click', () => notes.editor?.commands.toggleMark('strong'));

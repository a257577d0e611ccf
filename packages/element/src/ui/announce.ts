// Says things to people who use a screen reader, politely: when they pause. One region for the whole page.

const region = document.createElement('div');
// Without a class: in a page that embeds the editor no style of ours is there.
region.style.cssText = 'position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)';
region.setAttribute('aria-live', 'polite');
region.setAttribute('role', 'status');

/** Of this turn: one after the other they would not be heard. */
const sentences = new Set<string>();

export function announce(sentence: string): void {
  if (!region.isConnected) document.body.append(region);
  if (sentences.size === 0) queueMicrotask(say);
  sentences.add(sentence);
}

function say(): void {
  const said = [...sentences].join(' ');
  sentences.clear();
  // The same sentence twice would not be a change, and so would not be read.
  region.textContent = region.textContent === said ? `${said}\u00a0` : said;
}

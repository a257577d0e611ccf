// Says things to people who use a screen reader, politely: when they pause. One region for the whole page.

const region = document.createElement('div');
region.className = 'visually-hidden';
region.setAttribute('aria-live', 'polite');
region.setAttribute('role', 'status');

export function announce(sentence: string): void {
  if (!region.isConnected) document.body.append(region);
  // The same sentence twice would not be a change, and so would not be read.
  region.textContent = region.textContent === sentence ? `${sentence}\u00a0` : sentence;
}

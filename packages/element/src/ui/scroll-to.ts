// Brings a place of the text into the window: a heading to its top, anything else to its middle. Without motion for those who
// want none.

export function scrollTo(place: Node | null | undefined): void {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const block = place instanceof HTMLHeadingElement ? 'start' : 'center';
  if (place instanceof Element) place.scrollIntoView({ block, behavior: isStill ? 'auto' : 'smooth' });
}

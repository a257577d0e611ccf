// Somebody with a newer schema, whose blocks, marks and attributes nobody else here knows.

import * as Y from 'yjs';
import type { Chance } from '../../../../e2e/simulation/chance.js';
import { FRAGMENT_NAME } from '../../src/binding.js';
import type { Person } from './people.js';

/** Writes with a newer schema, straight into Yjs: blocks, marks and attributes that nobody else knows. */
export function writeAsNewcomer(person: Person, chance: Chance, label: string): void {
  const fragment = person.doc.getXmlFragment(FRAGMENT_NAME);
  person.doc.transact(() => {
    const block = new Y.XmlElement('chart');
    block.setAttribute('label', label);
    block.setAttribute('axes', { x: [1, 2], y: null } as never);
    block.insert(0, [new Y.XmlElement('axis'), new Y.XmlText(label)]);
    fragment.insert(chance.int(0, fragment.length), [block]);
    const neighbour = fragment.get(chance.int(0, fragment.length - 1));
    if (!(neighbour instanceof Y.XmlElement) || neighbour.nodeName === 'chart') return;
    neighbour.setAttribute('glow', chance.pick([1, 'x']) as string);
    const text = neighbour.get(0);
    if (!(text instanceof Y.XmlText) || text.length < 3) return;
    const [first = ''] = String(text.toDelta()[0].insert);
    text.format(0, first.length, { sparkle: { by: label } });
  }, 'newcomer');
}

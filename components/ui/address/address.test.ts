// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Address } from './address.ts';

/** What Next does in the places where the two meet: it listens, and it writes. */
const heard: string[] = [];
const sent: string[] = [];
const nextsState = { __NA: true, tree: 'pods' };
const hear = () => void heard.push(location.pathname + location.search);
let stepped = Promise.withResolvers<void>();
const seeStep = () => stepped.resolve();
const here = () => location.pathname + location.search;

let address = new Address('', () => {});
let detach = () => {};

beforeEach(() => {
  heard.length = 0;
  sent.length = 0;
  window.history.replaceState(nextsState, '', '/c/pods?q=a');
  address = new Address('?q=a', (path, how) => sent.push(`${how} ${path}`));
  // Before the address, which lets some steps go no further.
  window.addEventListener('popstate', seeStep, { capture: true });
  detach = address.attach();
  window.addEventListener('popstate', hear);
  address.showPage('/c/pods');
});
afterEach(() => {
  window.removeEventListener('popstate', hear);
  window.removeEventListener('popstate', seeStep, { capture: true });
  detach();
});

async function back(): Promise<void> {
  stepped = Promise.withResolvers<void>();
  history.back();
  await stepped.promise;
}

/** Next puts a page in place: it writes the address it was sent for, then renders. */
function nextShows(url: string, how: 'pushState' | 'replaceState'): void {
  history[how](nextsState, '', url);
  address.showPage(new URL(url, location.href).pathname);
}

describe('the question of the page that is there', () => {
  it('is in the address at once, with what Next keeps in the entry, and Next hears nothing', async () => {
    address.go('/c/pods?q=b,c');
    expect([here(), address.questionOf('/c/pods'), history.state]).toEqual([
      '/c/pods?q=b,c',
      'q=b%2Cc',
      nextsState,
    ]);
    address.go('/c/pods?q=d', 'replace');
    await back();
    expect([here(), address.questionOf('/c/pods')]).toEqual(['/c/pods?q=a', 'q=a']);
    expect([heard, sent]).toEqual([[], []]);
  });

  it('asked again makes no second step', () => {
    const { length } = history;
    address.go('/c/pods?q=a');
    expect(history.length).toBe(length);
  });

  it('stays when Next writes the address of some steps ago', () => {
    address.go('/c/pods?q=b');
    history.replaceState(nextsState, '', '/c/pods?q=a');
    expect([here(), address.questionOf('/c/pods')]).toEqual(['/c/pods?q=b', 'q=b']);
  });

  it('is told to those who listen', () => {
    let told = 0;
    const leave = address.subscribe(() => {
      told += 1;
    });
    address.go('/c/pods?q=b');
    leave();
    address.go('/c/pods?q=c');
    expect(told).toBe(1);
  });
});

describe('another page', () => {
  it('is Next’s by its path; its question is known before it is there and stands in the address with it', () => {
    address.go('/c/nodes?sort=age');
    expect([sent, here()]).toEqual([['push /c/nodes'], '/c/pods?q=a']);
    expect([address.questionOf('/c/nodes'), address.questionOf('/c/pods')]).toEqual(['sort=age', 'q=a']);
    nextShows('/c/nodes', 'pushState');
    expect([here(), address.questionOf('/c/nodes')]).toEqual(['/c/nodes?sort=age', 'sort=age']);
  });

  it('may take the place of this one', () => {
    address.go('/c/nodes?sort=age', 'replace');
    nextShows('/c/nodes', 'replaceState');
    expect([sent, here()]).toEqual([['replace /c/nodes'], '/c/nodes?sort=age']);
  });

  it('may be one that the server leads on to', () => {
    address.go('/c?sort=age');
    nextShows('/c/nodes', 'pushState');
    expect(here()).toBe('/c/nodes');
    address.go('/c/nodes?sort=name');
    expect([here(), heard]).toEqual(['/c/nodes?sort=name', []]);
  });

  it('is given up by a step back, which Next hears, and by a question', async () => {
    address.go('/c/pods?q=b');
    address.go('/c/nodes');
    await back();
    expect(heard).toEqual(['/c/pods?q=a']);
    address.go('/c/nodes');
    address.go('/c/pods?q=c');
    address.go('/c/pods?q=d');
    await back();
    expect([here(), heard]).toEqual(['/c/pods?q=c', ['/c/pods?q=a']]);
  });

  it('is Next’s to bring after a step; until then this one asks on what it asked, and Next hears every step', async () => {
    address.go('/c/nodes?sort=age');
    nextShows('/c/nodes', 'pushState');
    address.go('/c/nodes?sort=name');
    address.go('/c/pods?q=z');
    nextShows('/c/pods', 'pushState');
    await back();
    expect([heard, address.questionOf('/c/pods')]).toEqual([['/c/nodes?sort=name'], 'q=z']);
    await back();
    expect([heard.length, address.questionOf('/c/nodes')]).toEqual([2, 'sort=age']);
    nextShows('/c/nodes?sort=age', 'replaceState');
    expect([here(), address.questionOf('/c/nodes')]).toEqual(['/c/nodes?sort=age', 'sort=age']);
    address.go('/c/nodes?sort=state');
    await back();
    expect(heard).toHaveLength(2);
  });
});

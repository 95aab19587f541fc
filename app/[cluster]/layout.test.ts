import { createElement } from 'react';
import { describe, expect, it } from 'vitest';
import ClusterLayout from './layout.tsx';

const show = (cluster: string) =>
  ClusterLayout({ children: createElement('p'), params: Promise.resolve({ cluster }) });

describe('the page of a cluster', () => {
  it.each(['favicon.ico', 'robots.txt', 'Demo', 'a%20b', ''])('is not there for %j', async (cluster) => {
    await expect(show(cluster)).rejects.toMatchObject({ digest: expect.stringContaining('404') });
  });

  it('is there for a slug', async () => {
    expect((await show('kind-dev-2')).props.cluster).toBe('kind-dev-2');
  });
});

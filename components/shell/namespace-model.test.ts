import { describe, expect, it } from 'vitest';
import { isNamespaceName, scopeWords, shownNamespaces, toggled } from './namespace-model.ts';

describe('the namespace picker', () => {
  it('says the scope in few words', () => {
    expect(scopeWords([], ['a', 'b'])).toEqual({ words: 'All namespaces', count: '2' });
    expect(scopeWords([], null)).toEqual({ words: 'All namespaces', count: '' });
    expect(scopeWords(['shop'], ['shop'])).toEqual({ words: 'shop', count: '' });
    expect(scopeWords(['a', 'b', 'c'], undefined).words).toBe('3 namespaces');
  });

  it('shows chosen ones first, also those that are gone, then what was typed', () => {
    expect(shownNamespaces(['pay', 'shop', 'shop-eu'], ['gone'], '').map((item) => item.name)).toEqual([
      'gone',
      'pay',
      'shop',
      'shop-eu',
    ]);
    expect(shownNamespaces(['pay', 'shop', 'shop-eu'], [], 'eu sh').map((item) => item.name)).toEqual([
      'shop-eu',
    ]);
    expect(toggled(['a'], 'a')).toEqual([]);
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  });

  it('takes only names a namespace can have', () => {
    expect(['shop', 'a', '0a-b'].every(isNamespaceName)).toBe(true);
    expect(['', 'Shop', 'a/b', '-a', 'a'.repeat(64), '..'].some(isNamespaceName)).toBe(false);
  });
});

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hideQuestion } from './next-pages.ts';

function hidden(url: string) {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  Object.assign(req, { url, headers: { 'x-question': 'forged' } });
  hideQuestion(req, res);
  return {
    url: req.url,
    question: req.headers['x-question'],
    search: res.getHeader('x-nextjs-rewritten-query'),
  };
}

describe('what Next sees of an address', () => {
  it.each([
    ['/c/pods', '/c/pods', ''],
    ['/c/pods?', '/c/pods', ''],
    ['/c/pods?ns=a,b&q=%3Cb%3E', '/c/pods', 'ns=a%2Cb&q=%3Cb%3E'],
    ['/c/pods?q=a&_rsc=x1', '/c/pods?_rsc=x1', 'q=a'],
    ['/c/pods?q=%0d%0aa&q=%ff', '/c/pods', 'q=%0D%0Aa&q=%EF%BF%BD'],
    ['/', '/', ''],
  ])('%s is the page %s', (url, page, question) => {
    expect(hidden(url)).toEqual({ url: page, question, search: '' });
  });

  it.each(['/api/clusters/c/api/v1/pods?limit=1', '/_next/static/a.css?v=1'])(
    '%s is left as it is',
    (url) => {
      expect(hidden(url)).toEqual({ url, question: 'forged', search: undefined });
    },
  );
});

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { requestHeaders, responseHeaders } from './headers.ts';
import { HtmlLinks } from './html-links.ts';
import { rewriteUrl } from './links.ts';

const base = { prefix: '/p/proxy', serverHost: '10.0.0.1:80', requestHost: 'api:6443' };

describe('links through the proxy', () => {
  const links: [string, string][] = [
    ['/x', '/p/proxy/x'],
    ['/', '/p/proxy/'],
    ['/x/?a=/b#c', '/p/proxy/x/?a=/b#c'],
    ['/p/proxy/x', '/p/proxy/x'],
    ['/../x', '/p/proxy/x'],
    ['x', 'x'],
    ['?a', '?a'],
    ['#a', '#a'],
    ['mailto:a@b', 'mailto:a@b'],
    ['http://10.0.0.1:80/x', '/p/proxy/x'],
    ['https://api:6443/x', 'https://api:6443/p/proxy/x'],
    ['http://elsewhere/x', 'http://elsewhere/x'],
    ['//elsewhere/x', '//elsewhere/x'],
  ];
  for (const [link, rewritten] of links)
    it(`${link} is ${rewritten}`, () => assert.equal(rewriteUrl(link, base), rewritten));

  const pages: [string, string][] = [
    ['<a href="/x">test</a>', '<a href="/p/proxy/x">test</a>'],
    ["<A class=b HREF = '/x'>é</A>", "<A class=b HREF = '/p/proxy/x'>é</A>"],
    ['<img src=/x alt="a > b"/>', '<img src=/p/proxy/x alt="a > b"/>'],
    ['<p href="/x">', '<p href="/x">'],
    ['<!-- <a href="/x"> -->', '<!-- <a href="/x"> -->'],
    [
      `<script src="/s">'<a href="/x">'</script><a href="/x">`,
      `<script src="/p/proxy/s">'<a href="/x">'</script><a href="/p/proxy/x">`,
    ],
    ['1 < 2 <a', '1 < 2 <a'],
    ['<!doctype html><html><link href="/x">', '<!doctype html><html><link href="/p/proxy/x">'],
  ];
  for (const [page, rewritten] of pages) {
    it(`of a page, whole and byte by byte: ${page}`, async () => {
      const through = (chunks: Buffer[]) =>
        text(Readable.from(chunks).pipe(new HtmlLinks((url) => rewriteUrl(url, base))));
      const bytes = Buffer.from(page);
      assert.equal(await through([bytes]), rewritten);
      assert.equal(await through([...bytes].map((byte) => Buffer.of(byte))), rewritten);
    });
  }
});

describe('headers through the proxy', () => {
  it('leave out those of the connection and of who asks', () => {
    const headers = {
      host: 'api:6443',
      authorization: 'Bearer secret',
      'impersonate-user': 'x',
      connection: 'keep-alive, x-mine',
      'x-mine': '1',
      te: 'trailers',
      'x-forwarded-for': '1.1.1.1',
      accept: '*/*',
    };
    assert.deepEqual(requestHeaders({ headers, remoteAddress: '::ffff:2.2.2.2', path: '/p/proxy/x' }), {
      host: 'api:6443',
      accept: '*/*',
      'x-forwarded-for': '1.1.1.1, 2.2.2.2',
      'x-forwarded-uri': '/p/proxy/x',
    });
  });

  it('name the host that HTTP/2 calls authority', () => {
    const headers = { ':authority': 'api', ':path': '/' };
    assert.deepEqual(requestHeaders({ headers, remoteAddress: '', path: '/x' }), {
      host: 'api',
      'x-forwarded-uri': '/x',
    });
  });

  it('let no pod decide who may read the API server', () => {
    const headers = { 'access-control-allow-origin': '*', 'set-cookie': ['a', 'b'], 'transfer-encoding': 'chunked' };
    assert.deepEqual(responseHeaders(headers), [['set-cookie', ['a', 'b']]]);
  });
});

import assert from 'node:assert/strict';
import { isTrue, parseRequest } from './request-info.ts';

describe('parseRequest', () => {
  const cases: [string, string, string][] = [
    // method, url, verb group/version namespace resource/subresource name
    ['GET', '/api/v1/pods', 'list /v1 - pods/ -'],
    ['GET', '/api/v1/namespaces/a/pods', 'list /v1 a pods/ -'],
    ['GET', '/api/v1/namespaces/a/pods/x', 'get /v1 a pods/ x'],
    ['HEAD', '/api/v1/namespaces/a/pods/x', 'get /v1 a pods/ x'],
    ['GET', '/api/v1/namespaces/a/pods/x/log?follow=true', 'get /v1 a pods/log x'],
    ['POST', '/api/v1/namespaces/a/pods/x/exec', 'create /v1 a pods/exec x'],
    ['GET', '/api/v1/pods?watch=true', 'watch /v1 - pods/ -'],
    ['GET', '/api/v1/pods?watch=1', 'watch /v1 - pods/ -'],
    ['GET', '/api/v1/pods?watch=false', 'list /v1 - pods/ -'],
    ['GET', '/api/v1/pods?watch=False', 'list /v1 - pods/ -'],
    ['GET', '/api/v1/pods?watch=0', 'list /v1 - pods/ -'],
    ['GET', '/api/v1/pods?watch', 'watch /v1 - pods/ -'],
    ['GET', '/api/v1/watch/namespaces/a/pods/x', 'watch /v1 a pods/ x'],
    ['PUT', '/apis/apps/v1/namespaces/a/deployments/d/scale', 'update apps/v1 a deployments/scale d'],
    ['PATCH', '/api/v1/nodes/n/status', 'patch /v1 - nodes/status n'],
    ['DELETE', '/api/v1/namespaces/a/pods', 'deletecollection /v1 a pods/ -'],
    ['DELETE', '/api/v1/namespaces/a/pods/x', 'delete /v1 a pods/ x'],
    ['GET', '/api/v1/namespaces', 'list /v1 - namespaces/ -'],
    ['GET', '/api/v1/namespaces/a', 'get /v1 a namespaces/ a'],
    ['PUT', '/api/v1/namespaces/a/finalize', 'update /v1 a namespaces/finalize a'],
    ['GET', '/api/v1/namespaces/a/status', 'get /v1 a namespaces/status a'],
    ['GET', '/api/v1/nodes/n/proxy/a%2Fb/c', 'get /v1 - nodes/proxy n'],
  ];
  for (const [method, url, expected] of cases) {
    it(`reads ${method} ${url}`, () => {
      const info = parseRequest(method, url);
      assert.ok(info?.isResource);
      const { verb, group, version, namespace, resource, subresource, name } = info;
      assert.equal(
        `${verb} ${group}/${version} ${namespace || '-'} ${resource}/${subresource} ${name || '-'}`,
        expected,
      );
    });
  }

  for (const url of [
    '/',
    '/version',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/apps',
    '/apis/apps/v1',
    '/openapi/v3/api/v1',
  ]) {
    it(`takes ${url} for no resource`, () => {
      const info = parseRequest('GET', url);
      assert.equal(info?.isResource, false);
      assert.equal(info?.verb, 'get');
    });
  }

  it('decodes segments after splitting', () => {
    assert.equal(parseRequest('GET', '/api/v1/nodes/a%2Fb')?.name, 'a/b');
  });

  it('refuses what is no percent-encoding', () => {
    assert.equal(parseRequest('GET', '/api/v1/nodes/%zz'), undefined);
  });
});

describe('isTrue', () => {
  const cases: [string | null, boolean][] = [
    [null, false],
    ['false', false],
    ['False', false],
    ['FALSE', false],
    ['0', false],
    ['', true],
    ['True', true],
    ['1', true],
    ['no', true],
    ['00', true],
  ];
  for (const [value, expected] of cases)
    it(`says ${expected} of ${JSON.stringify(value)}`, () => assert.equal(isTrue(value), expected));
});

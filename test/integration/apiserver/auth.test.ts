import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TestApi, TestPki } from './harness.ts';
import { HttpClient } from './http-client.ts';

const WHOAMI = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const REVIEW = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

describe('who may do what', () => {
  let api: TestApi;
  let http: HttpClient;
  before(async () => {
    api = await TestApi.start();
    http = new HttpClient(api);
  });
  after(async () => {
    http.close();
    await api.close();
  });

  it('nobody is anonymous, not even for health', async () => {
    for (const path of ['/api/v1/pods', '/healthz', '/version', '/nowhere']) {
      const { code, json } = await http.call('GET', path, { user: null });
      assert.equal(code, 401, path);
      assert.equal(json.reason, 'Unauthorized');
    }
  });

  it('a certificate of our CA says user and groups', async () => {
    const { json } = await http.call('POST', WHOAMI, { body: REVIEW });
    assert.deepEqual(json.status?.userInfo, {
      username: 'system:admin',
      groups: ['system:masters', 'system:authenticated'],
    });
  });

  it('a certificate of another CA says nothing', async () => {
    const other = new TestPki(mkdtempSync(join(tmpdir(), 'bramble-pki-')));
    const user = other.issue('evil', '/O=system:masters/CN=system:admin', 'extendedKeyUsage=clientAuth\n');
    assert.equal((await http.call('GET', '/api/v1/pods', { user })).code, 401);
    execFileSync('rm', ['-r', other.dir]);
  });

  it('bearer tokens are asked of the authenticator', async () => {
    const bearer = (token: string) => ({ user: null, headers: { authorization: `Bearer ${token}` }, body: REVIEW });
    const known = await http.call('POST', WHOAMI, bearer('secret-token'));
    assert.equal(known.json.status?.userInfo?.username, 'alice');
    assert.equal((await http.call('POST', WHOAMI, bearer('other'))).code, 401);
  });

  it('those outside of system:masters may ask about themselves and discover, no more', async () => {
    const user = api.clientCertificate('bob', '/O=dev/CN=bob');
    assert.equal((await http.call('GET', '/api', { user })).code, 200);
    assert.equal((await http.call('POST', WHOAMI, { user, body: REVIEW })).code, 201);
    const refused = await http.call('GET', '/api/v1/namespaces/default/pods/x/log', { user });
    assert.equal(refused.code, 403);
    assert.equal(
      refused.json.message,
      'pods "x" is forbidden: User "bob" cannot get resource "pods/log" in API group "" in the namespace "default"',
    );
    const unknownPath = await http.call('GET', '/metrics', { user });
    assert.equal(unknownPath.json.message, 'forbidden: User "bob" cannot get path "/metrics"');
    const spec = { resourceAttributes: { verb: 'create', resource: 'pods', namespace: 'default' } };
    const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
    assert.equal((await http.call('POST', ACCESS, { user, body })).json.status?.allowed, false);
    assert.equal((await http.call('POST', ACCESS, { body })).json.status?.allowed, true);
  });

  it('nodes get nothing here', async () => {
    const user = api.clientCertificate('node', '/O=system:nodes/CN=system:node:pi-1');
    assert.equal((await http.call('GET', '/api/v1/nodes/pi-1', { user })).code, 403);
  });

  it('system:masters may be somebody else', async () => {
    const headers = { 'impersonate-user': 'carol', 'impersonate-group': 'dev' };
    const { json } = await http.call('POST', WHOAMI, { body: REVIEW, headers });
    assert.deepEqual(json.status?.userInfo, { username: 'carol', groups: ['dev', 'system:authenticated'] });
    const user = api.clientCertificate('dave', '/O=dev/CN=dave');
    assert.equal((await http.call('POST', WHOAMI, { user, body: REVIEW, headers })).code, 403);
  });

  it('plain HTTP is told that this is HTTPS', async () => {
    const socket = connect(api.server.port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(await text(socket), /^HTTP\/1\.0 400 .*Client sent an HTTP request to an HTTPS server\.\n$/s);
  });

  it('a long command line fits into the URL', async () => {
    const command = `command=${'x'.repeat(40_000)}`;
    assert.equal((await http.call('GET', `/api/v1/namespaces/default/pods?${command}`)).code, 200);
    assert.equal(
      (await http.call('GET', `/api/v1/namespaces/default/pods?${command.repeat(2)}`).catch(() => ({ code: 431 })))
        .code,
      431,
    );
  });
});

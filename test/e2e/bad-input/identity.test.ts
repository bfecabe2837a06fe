import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToken } from '../../../src/cli/commands/token.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { rawRequest, type StatusAnswer } from '../../lib/raw-client.ts';

/** A certificate for the administrator's name, by a CA that nobody knows. */
function forgedCertificate(): { certPem: string; keyPem: string } {
  const folder = mkdtempSync(join(tmpdir(), 'forged-'));
  const at = (name: string) => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('key')];
  const subject = ['-subj', '/O=system:masters/CN=system:admin', '-days', '1', '-out', at('cert')];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject], { stdio: 'ignore' });
  const forged = { certPem: readFileSync(at('cert'), 'utf8'), keyPem: readFileSync(at('key'), 'utf8') };
  rmSync(folder, { recursive: true });
  return forged;
}

describe('somebody who is not who they say', function () {
  this.timeout(60_000);
  const cluster = new TestCluster({
    bridge: 'btestidn0',
    clusterCidr: '10.152.0.0/16',
    serviceCidr: '10.153.0.0/16',
    nodeName: 'stranger',
    agent: false,
  });
  before(() => cluster.start());
  after(() => cluster.stop());

  /** Joins with this token. @returns the agent's last words, once it has ended. */
  async function joinInVain(token: string): Promise<string> {
    await cluster.joinAgent(token);
    await eventually(() => assert.ok(!cluster.runs('agent'), 'it still tries'));
    await cluster.kill('agent');
    await assert.rejects(cluster.api.get('/api/v1/nodes/stranger'), /nodes "stranger" not found/);
    return cluster.log('agent', 3);
  }

  it('does not join with a token that was never made', async () => {
    const real = await createToken(cluster.api, {});
    const [, , caHash] = real.split('.');
    assert.match(await joinInVain(`aaaaaa.${'b'.repeat(26)}.${caHash}`), /token .*bramble token create/s);
  });

  it('does not join with a token whose secret is wrong', async () => {
    const [id, , caHash] = (await createToken(cluster.api, {})).split('.');
    assert.match(await joinInVain(`${id}.${'b'.repeat(26)}.${caHash}`), /token .*bramble token create/s);
  });

  it('does not join with a token that has expired', async () => {
    const token = await createToken(cluster.api, { ttl: '1s' });
    const end = Date.now() + 1000;
    await eventually(() => assert.ok(Date.now() > end));
    assert.match(await joinInVain(token), /token .*(expired|bramble token create)/s);
  });

  it('does not join with a token that was revoked', async () => {
    const token = await createToken(cluster.api, {});
    await cluster.api.delete(`/api/v1/namespaces/kube-system/secrets/bootstrap-token-${token.split('.')[0]}`);
    assert.match(await joinInVain(token), /token .*bramble token create/s);
  });

  it('does not join a master of another CA than the token names', async () => {
    const [id, secret] = (await createToken(cluster.api, {})).split('.');
    assert.match(await joinInVain(`${id}.${secret}.${'0'.repeat(64)}`), /CA|token/);
  });

  it('does not join with half a token, and is told so at once', async () => {
    assert.match(await joinInVain('abc'), /copy the whole word, dots included/);
  });

  it('is Unauthorized with a certificate of another CA', async () => {
    const answer = await rawRequest(cluster.kubeconfig, { path: '/api/v1/nodes', credentials: forgedCertificate() });
    const { reason, message } = JSON.parse(answer.text) as StatusAnswer;
    assert.deepEqual([answer.code, reason, message], [401, 'Unauthorized', 'Unauthorized']);
  });

  it('is Unauthorized with a bearer token that is none', async () => {
    const answer = await rawRequest(cluster.kubeconfig, { path: '/api/v1/nodes', credentials: { token: 'nonsense' } });
    assert.equal(answer.code, 401);
  });

  it('is Forbidden, or Unauthorized, with nothing', async () => {
    const answer = await rawRequest(cluster.kubeconfig, { path: '/api/v1/nodes', credentials: {} });
    assert.ok([401, 403].includes(answer.code), answer.text);
  });
});

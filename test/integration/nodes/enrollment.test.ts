import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { clockHint, EnrollmentError } from '../../../src/agent/uplink/enroll.ts';
import { certificateRequest, nodeNameOf } from '../../../src/agent/uplink/identity.ts';
import { NODE } from '../../../src/api/kinds/node.ts';
import { SECRET } from '../../../src/api/kinds/secret.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { issueAdmin, writeKubeconfig } from '../../../src/master/pki/admin-kubeconfig.ts';
import { CertificateAuthority } from '../../../src/master/pki/certificate-authority.ts';
import { forgetOldTokens } from '../../../src/master/pki/old-tokens.ts';
import { RpcClient } from '../../../src/rpc/client.ts';
import { eventually } from '../../lib/eventually.ts';
import { Cleanup, enroll, startAgent, startMaster, type TestMaster } from './harness.ts';

describe('enrollment', () => {
  const cleanup = new Cleanup();
  let master: TestMaster;

  before(async () => {
    master = cleanup.add(await startMaster(await cleanup.dir()));
  });
  after(() => cleanup.run());

  /** Enrolls with a fresh folder unless one is given. @returns what it threw. */
  async function refusal(token: string | undefined, name = 'pi-x', address = master.address): Promise<Error> {
    const dir = await cleanup.dir();
    try {
      await enroll({ dir, master: address, name, token });
    } catch (error) {
      assert.ok(error instanceof EnrollmentError, String(error));
      return error;
    }
    throw new Error('it was enrolled');
  }

  it('gives a certificate that names the node, kept where only root reads it', async () => {
    const dir = await cleanup.dir();
    const { word } = await master.createToken();
    const identity = await enroll({ dir, master: master.address, name: 'pi-1', token: word });
    const certificate = new X509Certificate(identity.certPem);
    assert.equal(certificate.subject, 'O=system:nodes\nCN=system:node:pi-1');
    assert.ok(certificate.verify(createPublicKey(master.ca.caPem)));
    for (const file of ['node.key', 'node.crt', 'ca.crt']) {
      assert.equal((await stat(join(dir, 'agent', file))).mode & 0o777, 0o600, file);
    }
  });

  it('needs no token a second time', async () => {
    const dir = await cleanup.dir();
    const { word } = await master.createToken();
    const first = await enroll({ dir, master: master.address, name: 'pi-2', token: word });
    const second = await enroll({ dir, master: master.address, name: 'pi-2', token: undefined });
    assert.equal(second.certPem, first.certPem);
  });

  it('takes the token of the agent beside the master, which no store holds', async () => {
    const dir = await cleanup.dir();
    await enroll({ dir, master: master.address, name: 'pi-local', token: master.tokens.createLocal() });
  });

  it('refuses a token that was never made', async () => {
    const { word } = await master.createToken();
    const [, secret = '', hash = ''] = word.split('.');
    const other = ['zzzzzz', secret, hash].join('.');
    assert.match((await refusal(other)).message, /there is no join token zzzzzz.*bramble token create/);
  });

  it('refuses a token with a wrong secret', async () => {
    const { word } = await master.createToken();
    const [id = '', , hash = ''] = word.split('.');
    assert.match(
      (await refusal([id, '0'.repeat(26), hash].join('.'))).message,
      /secret part of the join token .* is wrong.*bramble token create/,
    );
  });

  it('forgets tokens a day after they have expired', async () => {
    const day = 24 * 3_600_000;
    const [old, good] = [await master.createToken(-2 * day), await master.createToken()];
    assert.ok((await forgetOldTokens(master.client, systemClock.now())) >= 1);
    const names = (await master.client.list(SECRET, 'kube-system')).map(({ metadata }) => metadata.name);
    assert.deepEqual([names.includes(old.secretName), names.includes(good.secretName)], [false, true]);
  });

  it('refuses an expired token', async () => {
    const { word } = await master.createToken(-1000);
    assert.match((await refusal(word)).message, /has expired \d+s ago, by the master's clock.*bramble token create/);
  });

  it('refuses a revoked token', async () => {
    const { word, secretName } = await master.createToken();
    await master.client.delete(SECRET, { namespace: 'kube-system', name: secretName });
    assert.match((await refusal(word)).message, /revoked/);
  });

  it('lets one machine in with a single-use token, that one again, and no other', async () => {
    const dir = await cleanup.dir();
    const { word } = await master.createToken(60_000, true);
    const options = { dir, master: master.address, name: 'pi-once', token: word };
    await enroll(options);
    await writeFile(join(dir, 'agent', 'ca.crt'), ''); // as if the answer had been lost
    await enroll(options);
    assert.match((await refusal(word, 'pi-twice')).message, /node "pi-once" has used it.*bramble token create/);
  });

  it('does not use a single-use token up for a name that is refused', async () => {
    const { word } = await master.createToken(60_000, true);
    assert.match((await refusal(word, 'Not_A_Name')).message, /RFC 1123/);
    await enroll({ dir: await cleanup.dir(), master: master.address, name: 'pi-named', token: word });
  });

  it('gives a second machine of one host name a name of its own, and the same one every time', async () => {
    const [first, second] = [await cleanup.dir(), await cleanup.dir()];
    const { word } = await master.createToken();
    const options = { master: master.address, name: 'raspberrypi', token: word, mayRename: true };
    const nameIn = async (dir: string) => nodeNameOf((await enroll({ ...options, dir })).certPem);
    // Both before either has come: the name is kept for the first although there is no Node yet.
    assert.equal(await nameIn(first), 'raspberrypi');
    const given = await nameIn(second);
    assert.match(given ?? '', /^raspberrypi-[0-9a-f]{4}$/);
    await writeFile(join(second, 'agent', 'ca.crt'), '');
    assert.equal(await nameIn(second), given);
  });

  it('replaces a machine that was set up anew, once it is silent, and keeps its labels', async () => {
    const { word } = await master.createToken();
    const options = { master: master.address, name: 'pi-flash', token: word };
    const old = await startAgent({ ...options, dir: await cleanup.dir() });
    const node = await eventually(async () => {
      const found = await master.node('pi-flash');
      const labels = { ...found.metadata.labels, attic: 'yes' };
      return master.client.update(NODE, { ...found, metadata: { ...found.metadata, labels } });
    });
    const replacing = async () => enroll({ ...options, dir: await cleanup.dir(), replace: true });
    await assert.rejects(replacing(), /is connected right now/);
    await old.stop();
    await eventually(replacing, 60_000);
    const kept = await master.node('pi-flash');
    assert.deepEqual([kept.metadata.uid, kept.metadata.labels?.attic], [node.metadata.uid, 'yes']);
    assert.equal(
      master.events.filter(({ reason, about }) => reason === 'NodeReplaced' && about === 'pi-flash').length,
      1,
    );
    assert.match((await refusal(word, 'pi-flash')).message, /--replace/);
  });

  it('says how to get a token when there is none, or when it is no token', async () => {
    assert.match((await refusal(undefined)).message, /bramble token create/);
    assert.match((await refusal('hello')).message, /bramble token create/);
  });

  it('says what is the matter when the node was given another name', async () => {
    const dir = await cleanup.dir();
    await enroll({ dir, master: master.address, name: 'pi-old', token: master.tokens.createLocal() });
    const again = enroll({ dir, master: master.address, name: 'pi-new', token: undefined });
    await assert.rejects(again, /another node name than "pi-new".*bramble token create/);
  });

  it('moves to another cluster with a token of that one', async () => {
    const dir = await cleanup.dir();
    const first = await enroll({ dir, master: master.address, name: 'pi-m', token: master.tokens.createLocal() });
    const other = cleanup.add(await startMaster(await cleanup.dir()));
    const token = other.tokens.createLocal();
    const second = await enroll({ dir, master: other.address, name: 'pi-m', token });
    assert.equal(second.caPem, other.ca.caPem);
    assert.equal(second.keyPem, first.keyPem);
  });

  it('blames the clock when the master’s certificate is not valid yet', async () => {
    const ahead = { ...systemClock, now: () => systemClock.now() + 86_400_000 };
    const other = cleanup.add(await startMaster(await cleanup.dir(), { clock: ahead }));
    const client = new RpcClient({ address: other.address, caPem: other.ca.caPem });
    const error: unknown = await client.enroll({ token: '', nodeName: 'x', csrPem: '' }).catch((cause) => cause);
    assert.match(clockHint(error, systemClock.now()), /this machine's clock says 20/);
    client.close();
  });

  it('refuses a name that is no node name', async () => {
    const { word } = await master.createToken();
    assert.match((await refusal(word, 'Not_A_Name')).message, /RFC 1123/);
  });

  it('does not give its token to a server with another CA', async () => {
    const other = cleanup.add(await startMaster(await cleanup.dir()));
    const { word } = await master.createToken();
    assert.match((await refusal(word, 'pi-x', other.address)).message, /not the master that the join token is for/);
  });

  it('keeps a name for its key until the Node is deleted', async () => {
    const { word } = await master.createToken();
    const agent = await startAgent({ dir: await cleanup.dir(), master: master.address, name: 'pi-3', token: word });
    await eventually(() => master.node('pi-3'));
    await agent.stop();
    assert.match((await refusal(word, 'pi-3')).message, /kubectl delete node pi-3/);
    await master.client.delete(NODE, { namespace: '', name: 'pi-3' });
    await enroll({ dir: await cleanup.dir(), master: master.address, name: 'pi-3', token: word });
  });

  it('enrolls the same key again freely', async () => {
    const dir = await cleanup.dir();
    const { word } = await master.createToken();
    const agent = await startAgent({ dir, master: master.address, name: 'pi-4', token: word });
    await eventually(() => master.node('pi-4'));
    await agent.stop();
    await writeFile(join(dir, 'agent', 'ca.crt'), ''); // as if the certificate were lost
    await enroll({ dir, master: master.address, name: 'pi-4', token: word });
  });

  it('renews a certificate for its own key only', async () => {
    const dir = await cleanup.dir();
    const { word } = await master.createToken();
    const { caPem, certPem, keyPem } = await enroll({ dir, master: master.address, name: 'pi-5', token: word });
    const client = new RpcClient({ address: master.address, caPem, identity: { certPem, keyPem } });
    const answer = await client.renew({ csrPem: await certificateRequest(keyPem, 'somebody-else') });
    assert.equal(new X509Certificate(answer.certificatePem).subject, 'O=system:nodes\nCN=system:node:pi-5');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const csrPem = await certificateRequest(other.toString(), 'pi-5');
    await assert.rejects(client.renew({ csrPem }), { reason: 'Forbidden' });
    client.close();
  });

  it('is renewed by the agent when two thirds of its life are over', async () => {
    const dir = await cleanup.dir();
    const options = { dir, master: master.address, name: 'pi-7', token: master.tokens.createLocal() };
    const before = await enroll(options);
    const clock = { ...systemClock, now: () => systemClock.now() + 244 * 86_400_000 };
    cleanup.add(await startAgent({ ...options, clock }));
    await eventually(async () => {
      assert.notEqual(await readFile(join(dir, 'agent', 'node.crt'), 'utf8'), before.certPem);
    });
  });

  it('lets nobody renew or open a session without a certificate', async () => {
    const client = new RpcClient({ address: master.address, caPem: master.ca.caPem });
    await assert.rejects(client.renew({ csrPem: '' }), { reason: 'Unauthorized' });
    const session = client.session();
    await assert.rejects(session[Symbol.asyncIterator]().next(), { reason: 'Unauthorized' });
    client.close();
  });

  it('takes the certificate of another CA for none, though it names a node', async () => {
    const stranger = await CertificateAuthority.open(await cleanup.dir(), systemClock);
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const identity = {
      certPem: await stranger.issueNode('pi-1', key.publicKey),
      keyPem: key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    const client = new RpcClient({ address: master.address, caPem: master.ca.caPem, identity });
    await assert.rejects(client.renew({ csrPem: '' }), { reason: 'Unauthorized' });
    client.close();
  });

  it('does not take an administrator’s certificate for a node’s', async () => {
    const identity = await issueAdmin(master.ca);
    const client = new RpcClient({ address: master.address, caPem: master.ca.caPem, identity });
    await assert.rejects(client.renew({ csrPem: '' }), { reason: 'Unauthorized' });
    client.close();
  });

  it('does not let a node pretend to be the master', async () => {
    const { word } = await master.createToken();
    const dir = await cleanup.dir();
    const { caPem, certPem, keyPem } = await enroll({ dir, master: master.address, name: 'pi-6', token: word });
    const server = createServer({ cert: certPem, key: keyPem, ALPNProtocols: ['h2'] }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = new RpcClient({ address: `127.0.0.1:${port}`, caPem });
    await assert.rejects(client.enroll({ token: word, nodeName: 'x', csrPem: '' }), { reason: 'ServiceUnavailable' });
    client.close();
    server.close();
  });
});

describe('certificate authority', () => {
  const cleanup = new Cleanup();
  after(() => cleanup.run());

  it('is the same after a restart and refuses to start with half of it', async () => {
    const dir = await cleanup.dir();
    const first = await CertificateAuthority.open(dir, systemClock);
    const second = await CertificateAuthority.open(dir, systemClock);
    assert.equal(second.caPem, first.caPem);
    assert.equal((await stat(join(dir, 'ca.key'))).mode & 0o777, 0o600);
    const stranger = await cleanup.dir();
    await CertificateAuthority.open(stranger, systemClock);
    await writeFile(join(dir, 'ca.key'), await readFile(join(stranger, 'ca.key')));
    await assert.rejects(CertificateAuthority.open(dir, systemClock), /do not belong together/);
  });

  it('issues what strict verifiers accept: names, usages, key identifiers', async () => {
    const master = cleanup.add(await startMaster(await cleanup.dir()));
    const socket = connect({ host: '127.0.0.1', port: master.port, ca: master.ca.caPem, ALPNProtocols: ['h2'] });
    await once(socket, 'secureConnect');
    assert.equal(socket.authorized, true);
    const leaf = new X509Certificate(socket.getPeerCertificate(true).raw);
    socket.destroy();
    assert.equal(leaf.ca, false);
    assert.equal(leaf.checkHost('kubernetes.default.svc.cluster.local'), 'kubernetes.default.svc.cluster.local');
    assert.equal(leaf.checkIP('10.43.0.1'), '10.43.0.1');
    assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.ok(leaf.checkIssued(new X509Certificate(master.ca.caPem)));
  });

  it('writes the administrator’s kubeconfig once and leaves it alone while it serves', async () => {
    const dir = await cleanup.dir();
    const ca = await CertificateAuthority.open(join(dir, 'pki'), systemClock);
    const path = join(dir, 'kubeconfig');
    const options = { ca, server: 'https://127.0.0.1:6443', now: systemClock.now() };
    assert.equal(await writeKubeconfig(path, options), true);
    const text = await readFile(path, 'utf8');
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal(await writeKubeconfig(path, options), false);
    assert.equal(await readFile(path, 'utf8'), text);
    assert.equal(await writeKubeconfig(path, { ...options, server: 'https://10.0.0.1:6443' }), true);
    assert.equal(await writeKubeconfig(path, { ...options, now: options.now + 250 * 86_400_000 }), true);
  });
});

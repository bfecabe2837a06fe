import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateRequest, IdentityStore } from '../../../src/agent/uplink/identity.ts';
import { NODE } from '../../../src/api/kinds/node.ts';
import { ApiError } from '../../../src/api/meta/errors.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { CertificateAuthority } from '../../../src/master/pki/certificate-authority.ts';
import { RpcClient } from '../../../src/rpc/client.ts';
import { eventually } from '../../lib/eventually.ts';
import { Cleanup, enroll, startAgent, startMaster, type TestMaster, Wire } from '../nodes/harness.ts';

const YEAR_MS = 365 * 86_400_000;

function shifted(ms: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + ms };
}

describe('a master that is not where it was', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());

  it('is found at an address that it told, also by an agent that was restarted', async () => {
    const told: string[] = [];
    const master = cleanup.add(await startMaster(await cleanup.dir(), { masterAddresses: () => told }));
    told.push(master.address);
    const wire = await Wire.to(master.port);
    const dir = await cleanup.dir();
    const options = { dir, master: wire.address, name: 'pi-1', token: master.tokens.createLocal() };
    const first = await startAgent(options);
    await eventually(() => assert.ok(first.assignments.isComplete && master.sessions.isConnected('pi-1')));
    wire.close();
    await eventually(() => assert.equal(master.sessions.isConnected('pi-1'), false));
    await eventually(() => assert.ok(master.sessions.isConnected('pi-1')));
    await first.stop();
    await eventually(() => assert.equal(master.sessions.isConnected('pi-1'), false));
    cleanup.add(await startAgent(options));
    await eventually(() => assert.ok(master.sessions.isConnected('pi-1')));
  });

  it('is not waited for at an address that swallows every word', async () => {
    const told: string[] = [];
    const master = cleanup.add(await startMaster(await cleanup.dir(), { masterAddresses: () => told }));
    told.push(master.address);
    const wire = await Wire.to(master.port);
    cleanup.add({ stop: () => wire.close() });
    const options = {
      dir: await cleanup.dir(),
      master: wire.address,
      name: 'pi-1',
      token: master.tokens.createLocal(),
    };
    const keepalive = { idleMs: 200, timeoutMs: 300 };
    const uplink = cleanup.add(await startAgent({ ...options, keepalive }));
    await eventually(() => assert.ok(uplink.assignments.isComplete));
    wire.cut();
    await eventually(() => assert.ok(uplink.contact.silenceMs > 0));
    await eventually(() => assert.equal(uplink.contact.silenceMs, 0));
  });
});

describe('a certificate that has expired', () => {
  const cleanup = new Cleanup();
  let master: TestMaster;
  let masterDir: string;
  afterEach(() => cleanup.run());
  beforeEach(async () => {
    masterDir = await cleanup.dir();
    master = cleanup.add(await startMaster(masterDir));
  });

  const options = (dir: string, name: string) => ({ dir, master: master.address, name, token: undefined });
  const certificateIn = (dir: string) => readFile(join(dir, 'agent', 'node.crt'), 'utf8');

  /** A node that was here, and then lay in a drawer for two years. */
  async function fromDrawer(name: string): Promise<{ dir: string; certPem: string; keyPem: string }> {
    const dir = await cleanup.dir();
    const uplink = await startAgent({ ...options(dir, name), token: master.tokens.createLocal() });
    await eventually(() => assert.ok(uplink.assignments.isComplete));
    await uplink.stop();
    const { keyPem, caPem } = await enroll(options(dir, name));
    const longAgo = await CertificateAuthority.open(join(masterDir, 'pki'), shifted(-2 * YEAR_MS));
    const certPem = await longAgo.issueNode(name, createPublicKey(keyPem));
    await new IdentityStore(join(dir, 'agent')).save({ certPem, caPem: caPem ?? '' });
    return { dir, certPem, keyPem };
  }

  async function refusal(csrPem: string, certificatePem: string): Promise<string> {
    const client = new RpcClient({ address: master.address, caPem: master.ca.caPem });
    try {
      await client.recover({ csrPem, certificatePem });
      return 'it was not refused';
    } catch (error) {
      assert.ok(error instanceof ApiError && error.reason === 'Unauthorized', String(error));
      return error.message;
    } finally {
      client.close();
    }
  }

  it('is renewed by the key alone, and holds from there on', async () => {
    const { dir, certPem } = await fromDrawer('pi-1');
    const uplink = await startAgent(options(dir, 'pi-1'));
    await eventually(() => assert.equal(uplink.contact.silenceMs, 0));
    const renewed = await certificateIn(dir);
    assert.notEqual(renewed, certPem);
    await uplink.stop();
    const again = cleanup.add(await startAgent(options(dir, 'pi-1')));
    await eventually(() => assert.equal(again.contact.silenceMs, 0));
    assert.equal(await certificateIn(dir), renewed);
  });

  it('is not renewed when the Node was deleted, until a token says so', async () => {
    const { dir, certPem, keyPem } = await fromDrawer('pi-1');
    await master.client.delete(NODE, { namespace: '', name: 'pi-1' });
    const csrPem = await certificateRequest(keyPem, 'pi-1');
    assert.match(await refusal(csrPem, certPem), /has no node "pi-1" with this key any more/);
    const token = master.tokens.createLocal();
    const uplink = cleanup.add(await startAgent({ ...options(dir, 'pi-1'), token }));
    await eventually(() => assert.equal(uplink.contact.silenceMs, 0));
  });

  it('is renewed for no other key, and for no certificate of another CA', async () => {
    const { certPem, keyPem } = await fromDrawer('pi-1');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const otherPem = other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const stranger = await CertificateAuthority.open(await cleanup.dir(), systemClock);
    const forged = await stranger.issueNode('pi-1', createPublicKey(keyPem));
    const notOurs = /not one of this cluster for this key/;
    assert.match(await refusal(await certificateRequest(otherPem, 'pi-1'), certPem), notOurs);
    const own = await certificateRequest(keyPem, 'pi-1');
    for (const bad of [forged, master.ca.caPem, '', 'nonsense']) assert.match(await refusal(own, bad), notOurs);
  });

  for (const [direction, ms] of [
    ['ahead', 5 * YEAR_MS],
    ['behind', -5 * YEAR_MS],
  ] as const) {
    it(`is none of the agent’s to judge: with a clock years ${direction} it goes on with what it has`, async () => {
      const dir = await cleanup.dir();
      const token = master.tokens.createLocal();
      const first = await startAgent({ ...options(dir, 'pi-1'), token });
      await eventually(() => assert.ok(first.assignments.isComplete));
      await first.stop();
      const certPem = await certificateIn(dir);
      const again = cleanup.add(await startAgent({ ...options(dir, 'pi-1'), clock: shifted(ms) }));
      await eventually(() => assert.equal(again.contact.silenceMs, 0));
      assert.equal(await certificateIn(dir), certPem);
    });
  }
});

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '../../../src/api/types.ts';
import { TestCluster } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';

describe('what a node says of itself', function () {
  this.timeout(120_000);
  const fakeSensors = mkdtempSync(join(tmpdir(), 'fake-sensors-'));
  const voltage = join(fakeSensors, 'class/hwmon/hwmon0');
  const flags = [`--fake-sensors=${fakeSensors}`, '--system-reserved=cpu=300m,memory=200Mi'];
  const cluster = new TestCluster({
    bridge: 'btesthea0',
    clusterCidr: '10.160.0.0/16',
    serviceCidr: '10.161.0.0/16',
    nodeName: 'weak',
    agentFlags: [...flags, '--kube-reserved=cpu=200m'],
  });
  before(async () => {
    mkdirSync(voltage, { recursive: true });
    writeFileSync(join(voltage, 'name'), 'rpi_volt\n');
    writeFileSync(join(voltage, 'in0_lcrit_alarm'), '0\n');
    await cluster.start();
  });
  after(async () => {
    await cluster.stop();
    rmSync(fakeSensors, { recursive: true });
  });

  const node = () => cluster.api.get<Node>('/api/v1/nodes/weak');
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await cluster.kubectl(args);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  it('shows bad power in kubectl describe, with what to do about it', async () => {
    await eventually(async () =>
      assert.match(await ok('describe', 'node', 'weak'), /UnderVoltage +False .*SufficientVoltage/),
    );
    writeFileSync(join(voltage, 'in0_lcrit_alarm'), '1\n');
    await eventually(async () => {
      const text = await ok('describe', 'node', 'weak');
      assert.match(text, /UnderVoltage +True .*UnderVoltageDetected +the power supply delivers under 4\.63 V/);
      assert.match(text, /Warning +UnderVoltageDetected/);
      assert.match(text, /Normal +NodeReady .*Node weak status is now: NodeReady/);
    }, 60_000);
  });

  it('keeps back what is reserved, and gives the rest to pods', async () => {
    const { status } = await node();
    const cpus = Number(status?.capacity?.cpu);
    assert.equal(status?.allocatable?.cpu, `${cpus * 1000 - 500}m`);
    const kb = (text: unknown) => Number(String(text).replace('Ki', ''));
    // What is reserved, and the hard threshold's 100Mi.
    assert.equal(kb(status?.capacity?.memory) - kb(status?.allocatable?.memory), 300 * 1024);
  });

  it('keeps an extended resource that somebody gave it, over reports and a new agent', async () => {
    const patch = JSON.stringify({ status: { capacity: { 'example.com/dongle': '2' } } });
    await ok('patch', 'node', 'weak', '--subresource=status', '--type=merge', '-p', patch);
    const isThere = () =>
      eventually(async () => {
        const { status } = await node();
        assert.equal(status?.capacity?.['example.com/dongle'], '2');
        assert.equal(status?.allocatable?.['example.com/dongle'], '2');
      });
    await isThere();
    await cluster.restartAgent(flags);
    await eventually(async () => assert.match(String((await node()).status?.allocatable?.cpu), /700m$/));
    await isThere();
  });

  it('writes nothing while nothing changes', async () => {
    const version = async () => (await node()).metadata.resourceVersion;
    // A new agent has some things to say first; the pause is longer than between two of its looks.
    await eventually(async () => {
      const before = await version();
      await new Promise((done) => setTimeout(done, 12_000));
      assert.equal(await version(), before);
    }, 40_000);
    assert.ok((await node()).status?.images?.length);
  });
});

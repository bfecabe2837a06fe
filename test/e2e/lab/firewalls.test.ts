import assert from 'node:assert/strict';
import type { Service } from '../../../src/api/types.ts';
import type { Host } from '../../lab/host.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { serversOnAllNodes } from './servers.ts';
import { sharedLab } from './shared-lab.ts';

/** The agent looks at its rules by itself every 30 s at the latest. */
const HEALED_WITHIN_MS = 45_000;

/** A table of somebody who is not Bramble. */
const OTHERS = 'table ip others { chain input { type filter hook input priority 5; tcp dport 9 counter drop; }; }';

describe('Services on a node with a firewall of somebody else’s', () => {
  let lab: Lab;
  let space: PodSpace<Lab>;
  let service: Service;
  let n1: Host;

  before('build the lab and servers on all nodes', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    n1 = lab.host('n1');
    space = await PodSpace.open(lab, 'firewalls');
    service = await serversOnAllNodes(space, 'echo');
  });

  after(() => space?.close());

  const answers = async () => {
    const { clusterIP = '', ports } = service.spec;
    const [port] = ports ?? [];
    // Six of each: rules that are half back lead some connections astray, not all.
    for (let times = 0; times < 6; times++) {
      assert.match(await n1.run('curl', ['-sS', '-m', '3', `http://${clusterIP}:${port?.port}/`]), /Hello/);
      const nodePort = `http://${n1.address}:${port?.nodePort}/`;
      assert.match(await lab.host('client').run('curl', ['-sS', '-m', '3', nodePort]), /Hello/);
    }
  };

  it('are served beside rules of iptables-legacy, which stay as they are', async () => {
    const save = () => n1.machine.shell('iptables-legacy-save | grep -v "^[#:]"');
    await n1.machine.shell('iptables-legacy -A INPUT -p tcp --dport 9 -j DROP; iptables-legacy -A FORWARD -j ACCEPT');
    try {
      const before = await save();
      await space.ok(['rollout', 'restart', 'deployment/echo']);
      await space.ok(['rollout', 'status', 'deployment/echo', '--timeout=120s'], { timeoutMs: 130_000 });
      await eventually(answers);
      assert.equal(await save(), before);
    } finally {
      await n1.machine.shell('iptables-legacy -F');
    }
  });

  it('are served again after nft flush ruleset, and what others made since stays', async () => {
    await n1.run('nft', ['flush', 'ruleset']);
    await n1.run('nft', ['-f', '-'], { input: OTHERS });
    await eventually(answers, HEALED_WITHIN_MS);
    assert.match(await n1.run('nft', ['list', 'table', 'ip', 'others']), /tcp dport 9 counter .* drop/);
    await n1.run('nft', ['delete', 'table', 'ip', 'others']);
    // Docker's own chains come back with Docker alone.
    await lab.kill('n1', 'engine');
    await lab.startEngine('n1');
    await eventually(answers, HEALED_WITHIN_MS);
  });
});

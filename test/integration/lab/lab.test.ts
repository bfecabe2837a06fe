import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../../lab/lab.ts';
import { folderOf } from '../../lab/state.ts';
import { eventually } from '../../lib/eventually.ts';

/** Does one host reach another? Three tries in a second, so that one lost frame is no answer. */
async function reaches(lab: Lab, from: string, to: string): Promise<boolean> {
  const { address } = lab.host(to);
  return lab
    .host(from)
    .run('busybox', ['ping', '-c', '3', '-i', '0.2', '-W', '1', '-w', '2', address])
    .then(
      () => true,
      () => false,
    );
}

/** Everything that a lab of this name has on this machine. */
function traces(name: string): string[] {
  const links = Object.keys(networkInterfaces()).filter((link) => link.startsWith('bramblelab'));
  const folders = [folderOf(name)].filter((folder) => existsSync(folder));
  const cgroups = ['', ...readdirSync('/sys/fs/cgroup')]
    .map((hierarchy) => join('/sys/fs/cgroup', hierarchy, `bramble-lab-${name}`))
    .filter((folder) => existsSync(folder));
  return [...links, ...folders, ...cgroups];
}

describe('a lab of machines without a cluster', () => {
  const name = `test-${randomBytes(4).toString('hex')}`;
  let lab: Lab;
  let before_: string[];

  before('build it', async function () {
    this.timeout(300_000);
    before_ = traces(name);
    lab = await Lab.up({ name, cluster: false, nodes: [{}, {}, { lan: 'far' }] });
  });

  after('take it away', async () => {
    await lab?.down();
  });

  it('has machines that see each other, over a router, too', async () => {
    assert.equal(await reaches(lab, 'n1', 'n2'), true);
    assert.equal(await reaches(lab, 'n1', 'n3'), true);
    assert.match(await lab.host('n2').run('cat', ['/etc/hostname']), /^n2$/m);
    const ids = await Promise.all(lab.nodes.map((node) => node.run('cat', ['/etc/machine-id'])));
    assert.equal(new Set(ids).size, 3);
  });

  it('has engines that pull plain names from the registry of the lab, and run them', async () => {
    await lab.host('n1').run('docker', ['pull', '-q', 'busybox:1']);
    assert.equal(await lab.host('n1').run('docker', ['run', '--rm', 'busybox:1', 'echo', 'hello']), 'hello\n');
    assert.equal(await lab.host('n2').run('docker', ['images', '-q']), '');
  });

  it('lists nginx:latest for two architectures, nginx:1.11 for one', async () => {
    const listed = async (tag: string) => {
      const type = 'application/vnd.docker.distribution.manifest.list.v2+json';
      const url = `http://198.18.${lab.index}.1:5000/v2/library/nginx/manifests/${tag}`;
      const text = await lab.host('client').run('curl', ['-sf', '-H', `Accept: ${type}`, url]);
      const { manifests } = JSON.parse(text) as { manifests: { platform: { architecture: string } }[] };
      return manifests.map(({ platform }) => platform.architecture);
    };
    assert.deepEqual(await listed('latest'), ['amd64', 'arm64']);
    assert.deepEqual(await listed('1.11'), ['amd64']);
  });

  it('cuts a machine off and plugs it in again', async () => {
    await lab.cut('n2');
    assert.equal(await reaches(lab, 'n1', 'n2'), false);
    await lab.heal('n2');
    await eventually(async () => assert.equal(await reaches(lab, 'n1', 'n2'), true));
  });

  for (const other of ['n2', 'n3']) {
    it(`parts n1 from ${other}, and from nobody else`, async () => {
      await lab.partition('n1', other);
      assert.equal(await reaches(lab, 'n1', other), false);
      assert.equal(await reaches(lab, other, 'n1'), false);
      assert.equal(await reaches(lab, 'client', other), true);
      await lab.heal('n1');
      assert.equal(await reaches(lab, 'n1', other), true);
    });
  }

  it('loses frames', async () => {
    await lab.lose('n1', 30);
    // 30 % each way: of 60 pings, 29 come back; that more than 54 or fewer than 6 do happens once in a million runs.
    const text = await lab
      .host('n2')
      .run('sh', ['-c', `busybox ping -q -c 60 -i 0.01 -W 1 ${lab.host('n1').address} || true`]);
    const received = Number(/(\d+) packets received/.exec(text)?.[1]);
    assert.ok(received >= 6 && received <= 54, text);
    await lab.heal('n1');
  });

  it('slows a link down', async () => {
    const image = ['-s', '-o', '/dev/null', '-w', '%{speed_download}', `http://198.18.${lab.index}.1:5000/v2/_catalog`];
    assert.ok(Number(await lab.host('n1').run('curl', image)) > 0);
    await lab.slow('n1', '1mbit');
    const qdiscs = await lab.host('n1').run('tc', ['qdisc', 'show', 'dev', 'eth0']);
    assert.match(qdiscs, /tbf .*rate 1Mbit/);
    await lab.heal('n1');
    assert.doesNotMatch(await lab.host('n1').run('tc', ['qdisc', 'show', 'dev', 'eth0']), /tbf/);
  });

  it('slows a disk down', async () => {
    const write = 'i=0; while [ $i -lt 10 ]; do echo $i > /etc/written; sync /etc/written; i=$((i + 1)); done';
    const start = performance.now();
    await lab.host('n1').start('writer', ['sh', '-c', `sleep 1; ${write}; sleep 100`]);
    await lab.slowDisk('n1', 5);
    await eventually(async () => assert.match(await lab.host('n1').run('cat', ['/etc/written']), /9/), 30_000);
    assert.ok(performance.now() - start > 2500, 'ten syncs at five a second, after one second of sleep');
    await lab.heal('n1');
    await lab.host('n1').signal('writer', 'KILL');
  });

  it('kills an engine under its containers, which run on', async () => {
    const node = lab.host('n1');
    const id = (await node.run('docker', ['run', '-d', 'busybox:1', 'sleep', '3600'])).trim();
    await lab.kill('n1', 'engine');
    await assert.rejects(node.run('docker', ['ps']));
    await lab.startEngine('n1');
    assert.match(await node.run('docker', ['ps', '-q', '--no-trunc']), new RegExp(id));
  });

  it('cuts the power of a machine, whose disk is there when it boots', async () => {
    const node = lab.host('n1');
    await lab.kill('n1', 'power');
    assert.equal(await reaches(lab, 'n2', 'n1'), false);
    await assert.rejects(node.run('true', []), /n1 has no power/);
    await lab.powerOn('n1');
    await eventually(async () => assert.equal(await reaches(lab, 'n2', 'n1'), true));
    await lab.startEngine('n1');
    assert.match(await node.run('docker', ['ps', '-a', '--format', '{{.Status}}']), /^Exited/);
  });

  it('is found again by its name, and stands beside another', async function () {
    this.timeout(120_000);
    assert.deepEqual([...Lab.open(name).hosts.keys()], ['master', 'n1', 'n2', 'n3', 'client']);
    const second = await Lab.up({ name: `${name}-b`, cluster: false, nodes: 1 });
    try {
      assert.notEqual(second.index, lab.index);
      assert.equal(await reaches(lab, 'n1', 'n2'), true);
    } finally {
      await second.down();
    }
    assert.equal(lab.host('n1').isUp, true);
  });

  it('leaves nothing', async () => {
    await lab.down();
    await eventually(() => assert.deepEqual(traces(name), before_));
  });
});

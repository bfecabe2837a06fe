import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import { tracesOf } from './traces.ts';

describe('bramble up --install', function () {
  this.timeout(300_000);
  let lab: Lab;
  let untouched: string;
  const bramble = (host: Host, ...args: string[]) =>
    host.run(join(lab.folder, 'program/dist/bramble'), args, { timeoutMs: 200_000 });
  const dataDirOf = (host: Host) => `--data-dir=${join(host.folder, 'data')}`;
  const placeOf = (host: Host) => [dataDirOf(host), `--bin-dir=${join(host.folder, 'usr/bin')}`];
  const install = (...more: string[]) =>
    bramble(lab.host('n1'), 'up', '--install', ...placeOf(lab.host('n1')), ...more);

  before('build two fresh machines', async () => {
    lab = await Lab.up({ name: `up-${randomBytes(3).toString('hex')}`, nodes: 2, cluster: false });
    untouched = await tracesOf(lab.host('n1'));
  });
  after(() => lab?.down());

  it('says how to run the master where nothing starts it, and starts nothing', async () => {
    const said = await install();
    assert.match(said, /no systemd here.*\n.*\/usr\/bin\/bramble master --config \/etc\/bramble\/master\.yaml\n/);
    await assert.rejects(bramble(lab.host('n1'), 'status', dataDirOf(lab.host('n1'))), /can't read the kubeconfig/);
  });

  it('makes a master and its own node, and finds both the second time', async () => {
    const first = await install('--background', '--agent-flag=--node-label=place=attic');
    assert.match(first, /n1 +Ready/);
    assert.match(first, new RegExp(`sudo bramble join ${lab.host('n1').address} --token WORD`));
    const second = await install('--background');
    assert.match(second, /Starting the master: runs already/);
    assert.match(second, /Starting the agent: runs already/);
  });

  it('lets another machine join with what it said', async () => {
    const token = (await bramble(lab.host('n1'), 'token', 'create', dataDirOf(lab.host('n1')))).trim();
    const host = lab.host('n2');
    const said = await bramble(
      host,
      ...['join', lab.host('n1').address, `--token=${token}`, '--yes', '--background'],
      ...placeOf(host),
    );
    assert.match(said, /n2 +Ready/);
    const json = await bramble(lab.host('n1'), 'status', '--json', dataDirOf(lab.host('n1')));
    const { nodes, isWell } = JSON.parse(json) as { nodes: { name: string }[]; isWell: boolean };
    assert.deepEqual([nodes.map(({ name }) => name), isWell], [['n1', 'n2'], true]);
  });

  it('has a node say how it is by itself', async () => {
    const said = await bramble(lab.host('n2'), 'status', dataDirOf(lab.host('n2')));
    assert.match(
      said,
      new RegExp(`^Node n2 at ${lab.host('n2').address}, of the master at ${lab.host('n1').address}:6444$`, 'm'),
    );
    assert.match(said, /^connected for \d+s$/m);
  });

  it('is undone by uninstall, which leaves nothing', async () => {
    const host = lab.host('n1');
    assert.match(await bramble(host, 'uninstall', '--yes', ...placeOf(host)), /The cluster itself lives here/);
    assert.equal(await tracesOf(host), untouched);
    for (const path of ['data', 'usr/bin/bramble', 'usr/lib/bramble'])
      assert.ok(!existsSync(join(host.folder, path)), path);
  });
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from '../../../src/api/types.ts';
import { createToken } from '../../../src/cli/commands/token.ts';
import { isReady } from '../../../src/cli/up/daemons.ts';
import { masterAnswers, startMaster } from '../../lab/daemons.ts';
import type { Host } from '../../lab/host.ts';
import { Lab } from '../../lab/lab.ts';
import { buildExecutable } from '../../lib/executables.ts';
import { tracesOf } from './traces.ts';

describe('bramble join', function () {
  this.timeout(300_000);
  let lab: Lab;
  let token: string;
  const untouched = new Map<string, string>();
  const bramble = (host: Host, ...args: string[]) =>
    host.run(join(lab.folder, 'program/dist/bramble'), args, { timeoutMs: 200_000 });
  const placeOf = (host: Host) => [
    `--data-dir=${join(host.folder, 'data')}`,
    `--bin-dir=${join(host.folder, 'usr/bin')}`,
  ];
  const joins = (host: Host, ...more: string[]) =>
    bramble(
      host,
      'join',
      lab.host('master').address,
      `--token=${token}`,
      '--yes',
      '--background',
      ...placeOf(host),
      ...more,
    );
  const nodes = async () => (await lab.api.get<{ items: Node[] }>('/api/v1/nodes')).items;

  before('build three fresh machines, two of one name, and a master', async () => {
    lab = await Lab.up({
      name: `join-${randomBytes(3).toString('hex')}`,
      nodes: 3,
      cluster: false,
      liveRestore: false,
    });
    serveExecutable(lab.host('master'));
    await startMaster(lab.host('master'), [join(lab.folder, 'program/dist/bramble')]);
    await masterAnswers(lab.host('master'), () => lab.api);
    token = await createToken(lab.api);
    for (const host of lab.nodes) {
      if (host.name !== 'n3') await host.run('hostname', ['raspberrypi']);
      untouched.set(host.name, await tracesOf(host));
    }
  });
  after(() => lab?.down());

  it('makes a node of a machine, and shows it', async () => {
    const said = await joins(lab.host('n1'));
    assert.match(said, /raspberrypi +Ready/);
    assert.deepEqual(
      (await nodes()).map((node) => [node.metadata.name, isReady(node)]),
      [['raspberrypi', true]],
    );
  });

  it('is fine the second time', async () => {
    assert.match(await joins(lab.host('n1')), /runs already/);
  });

  it('gives a second machine of that name one of its own', async () => {
    await joins(lab.host('n2'));
    const names = (await nodes()).map(({ metadata }) => metadata.name).sort();
    assert.equal(names[0], 'raspberrypi');
    assert.match(names[1] ?? '', /^raspberrypi-[0-9a-f]{4}$/);
  });

  it('says what is wrong with an address or a token', async () => {
    const host = lab.host('n2');
    const refused = (address: string, word: string) =>
      bramble(host, 'join', address, `--token=${word}`, ...placeOf(host));
    await assert.rejects(refused('192.0.2.77:1', token), /no master answers at 192\.0\.2\.77:1|ended with/);
    const [id, secret] = token.split('.');
    await assert.rejects(
      refused(lab.host('master').address, `${id}.${secret}.${'0'.repeat(64)}`),
      /of another cluster.*bramble token create/,
    );
    await assert.rejects(refused(lab.host('master').address, 'half'), /copy the whole word/);
  });

  it('is run by the installer that the master serves, on a machine that has only curl', async () => {
    const host = lab.host('n3');
    const place = `--dir ${join(host.folder, 'usr/bin')} --data-dir ${join(host.folder, 'data')}`;
    const install = `curl -ksSf https://master:6443/install.sh | sh -s -- ${place} --token ${token}`;
    const alone = await host.run('setsid', ['-w', 'sh', '-c', install], { timeoutMs: 200_000 });
    assert.match(alone, /nobody can be asked here; --yes allows it:\n {2}write "live-restore"/);
    assert.match(alone, /There is no systemd here.*\n +\S*\/usr\/bin\/bramble agent --config.*--background/s);
    const typed = `yes | head -n 1 | script -qec '${install} --background' /dev/null`;
    const seen = await host.run('sh', ['-c', typed], { timeoutMs: 200_000 });
    assert.match(seen, /live-restore.*Do this\? \[Y\/n\].*\nn3 +Ready/s);
    assert.ok((await nodes()).some((node) => node.metadata.name === 'n3' && isReady(node)));
  });

  it('is undone by uninstall, which leaves nothing', async () => {
    await leavesNothing(lab.host('n1'), (...args) => bramble(lab.host('n1'), ...args));
    const host = lab.host('n3');
    await leavesNothing(host, (...args) =>
      host.run(join(host.folder, 'usr/bin/bramble'), args, { timeoutMs: 200_000 }),
    );
  });

  async function leavesNothing(host: Host, program: (...args: string[]) => Promise<string>): Promise<void> {
    assert.match(await program('uninstall', '--yes', ...placeOf(host)), /Bramble is gone/);
    assert.equal(await tracesOf(host), untouched.get(host.name));
    for (const path of ['data', 'usr/bin/bramble', 'usr/lib/bramble'])
      assert.ok(!existsSync(join(host.folder, path)), path);
  }
});

/** The master of a lab runs the bundle: what it hands out is put where it looks for it. */
function serveExecutable(master: Host): void {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  const folder = join(master.dataDir, 'dist');
  mkdirSync(folder, { recursive: true });
  symlinkSync(buildExecutable(architecture), join(folder, `bramble-linux-${architecture}`));
}

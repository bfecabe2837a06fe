import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeConfig, writeUnit } from '../../../src/cli/install/install.ts';
import { type Layout, unitName } from '../../../src/cli/install/layout.ts';
import { skip } from '../../lib/skip.ts';

describe('an installation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bramble-install-'));
  const layout: Layout = { root: folder, binDir: '/usr/local/bin', dataDir: '/srv/bramble' };
  const config = join(folder, 'etc/bramble/agent.yaml');
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps what a person has added to the settings, and the file to root', async () => {
    assert.equal(await writeConfig(layout, 'agent', { master: ['pi-1:6444'], 'node-name': 'attic' }), true);
    assert.equal(statSync(config).mode & 0o777, 0o600);
    writeFileSync(config, `${readFileSync(config, 'utf8')}log-level: debug\n`);
    await writeConfig(layout, 'agent', { 'node-name': 'cellar' });
    const text = readFileSync(config, 'utf8');
    assert.match(text, /master:\n {2}- pi-1:6444\nnode-name: cellar\nlog-level: debug/);
    assert.equal(await writeConfig(layout, 'agent', { 'node-name': 'cellar' }), false);
  });

  it('writes a unit once, for its own program and data', () => {
    assert.equal(writeUnit(layout, 'agent'), true);
    assert.equal(writeUnit(layout, 'agent'), false);
    const other = { ...layout, binDir: '/opt/bramble/bin', root: join(folder, 'other') };
    writeUnit(other, 'master');
    const text = readFileSync(join(other.root, 'etc/systemd/system', unitName('master')), 'utf8');
    assert.match(text, /^ExecStart=\/opt\/bramble\/bin\/bramble master --config \/etc\/bramble\/master\.yaml$/m);
    assert.match(text, /^ReadWritePaths=\/srv\/bramble$/m);
  });

  for (const role of ['agent', 'master'] as const) {
    it(`has a unit for the ${role} that systemd understands`, function () {
      if (spawnSync('systemd-analyze', ['--version']).error) skip(this, 'systemd-analyze is not here');
      const program = join(folder, 'usr/local/bin/bramble');
      mkdirSync(dirname(program), { recursive: true });
      writeFileSync(program, '#!/bin/sh\n');
      chmodSync(program, 0o755);
      writeUnit(layout, role);
      const unit = join(folder, 'etc/systemd/system', unitName(role));
      // Units that it orders itself by come from the machine; here they are only named.
      for (const name of [
        'docker.service',
        'network-online.target',
        'sysinit.target',
        'basic.target',
        'shutdown.target',
        'multi-user.target',
      ]) {
        const text = name.endsWith('.service')
          ? '[Service]\nExecStart=/usr/local/bin/bramble\n'
          : '[Unit]\nDescription=x\n';
        writeFileSync(join(dirname(unit), name), text);
      }
      const { stderr, status } = spawnSync('systemd-analyze', ['verify', '--man=no', `--root=${folder}`, unit], {
        encoding: 'utf8',
      });
      const complaints = stderr.split('\n').filter((line) => line.includes(unitName(role)));
      assert.deepEqual([complaints, status], [[], 0], stderr);
    });
  }
});

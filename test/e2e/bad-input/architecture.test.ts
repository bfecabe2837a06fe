import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CoreEvent, Pod } from '../../../src/api/types.ts';
import { eventually } from '../../lib/eventually.ts';
import { cluster } from '../setup/shared-cluster.ts';

const IMAGE = 'bramble-test/foreign:1';
const PATH = '/api/v1/namespaces/default/pods/foreign';

/** Gives the engine busybox once more, as an image for a machine that hardly anybody has at home. */
function loadForeignImage(): void {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-image-'));
  const inFolder = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: folder, stdio: 'ignore' });
  try {
    inFolder('docker', 'save', '-o', 'image.tar', 'busybox:1');
    inFolder('tar', '-xf', 'image.tar');
    const [manifest] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as [
      { Config: string; Layers: string[] },
    ];
    const config = JSON.parse(readFileSync(join(folder, manifest.Config), 'utf8')) as object;
    const text = JSON.stringify({ ...config, architecture: 's390x' });
    const name = `${createHash('sha256').update(text).digest('hex')}.json`;
    writeFileSync(join(folder, name), text);
    const changed = [{ Config: name, RepoTags: [IMAGE], Layers: manifest.Layers }];
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(changed));
    inFolder('tar', '-cf', 'changed.tar', 'manifest.json', name, ...manifest.Layers);
    inFolder('docker', 'load', '-i', 'changed.tar');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('an image for another architecture', () => {
  before(() => loadForeignImage());
  after(async () => {
    await cluster.api.delete(`${PATH}?gracePeriodSeconds=0`);
    execFileSync('docker', ['rmi', IMAGE]);
  });

  it('is not started, and status and events name both architectures', async () => {
    await cluster.api.create('/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'foreign' },
      spec: { containers: [{ name: 'main', image: IMAGE, imagePullPolicy: 'IfNotPresent' }] },
    });
    const words = /built for linux\/s390x, this node is linux\/(amd64|arm64)/;
    await eventually(async () => {
      const { status } = await cluster.api.get<Pod>(PATH);
      assert.match(status?.containerStatuses?.[0]?.state?.waiting?.message ?? JSON.stringify(status), words);
    });
    const { items } = await cluster.api.get<{ items: CoreEvent[] }>('/api/v1/namespaces/default/events');
    const own = items.filter(({ involvedObject }) => involvedObject.name === 'foreign');
    assert.ok(
      own.some(({ type, message }) => type === 'Warning' && words.test(message ?? '')),
      JSON.stringify(own.map(({ message }) => message)),
    );
  });
});

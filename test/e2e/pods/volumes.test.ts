import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container, Pod, Volume } from '../../../src/api/types.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, job, pod, script, shell } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

type HostPathType = NonNullable<Volume['hostPath']>['type'];

const DATA = { volumeMounts: [{ name: 'data', mountPath: '/data' }] };

describe('volumes', () => {
  let space: PodSpace;
  let socket: Server;
  const folder = mkdtempSync(join(tmpdir(), 'pod-volumes-'));
  const at = (name: string) => join(folder, name);
  const output = async (name: string) => {
    await space.phase(name, 'Succeeded');
    return space.logs(name);
  };
  const onHost = (
    name: string,
    path: string,
    type: HostPathType = '',
    text = 'ls -d /data',
    more: Partial<Container> = DATA,
  ): Pod => job(name, text, { volumes: [{ name: 'data', hostPath: { path, type } }] }, more);
  const withData = (volume: Partial<Volume>) => ({ volumes: [{ name: 'data', ...volume }] });

  before(async () => {
    space = await PodSpace.open(cluster, 'volumes');
    mkdirSync(at('dir'));
    mkdirSync(at('dir/inner'));
    writeFileSync(at('dir/inner/text'), 'inner\n');
    writeFileSync(at('file'), 'content\n');
    socket = createServer();
    await new Promise<void>((done) => socket.listen(at('socket'), done));
    await space.apply(
      pod(
        'shared',
        [
          shell('writer', `echo words > /data/x; ${IDLE}`, DATA),
          shell('main', `until cat /in/x 2>/dev/null; do sleep 0.05; done; ${IDLE}`, {
            volumeMounts: [{ name: 'data', mountPath: '/in' }],
          }),
        ],
        withData({ emptyDir: {} }),
      ),
      script(
        'restarted',
        'echo run >> /data/runs; cat /data/runs; [ $(wc -l < /data/runs) -ge 2 ]',
        { ...withData({ emptyDir: {} }), restartPolicy: 'OnFailure' },
        DATA,
      ),
      job(
        'in-memory',
        'grep " /data " /proc/mounts; dd if=/dev/zero of=/data/big bs=1M count=8 2>&1; wc -c < /data/big',
        withData({ emptyDir: { medium: 'Memory', sizeLimit: '4Mi' } }),
        DATA,
      ),
      onHost('dir', at('dir'), 'Directory', 'cat /data/inner/text'),
      onHost('dir-made', at('made/deep'), 'DirectoryOrCreate', 'echo from pod > /data/x'),
      onHost('file', at('file'), 'File', 'cat /data'),
      onHost('file-made', at('new-file'), 'FileOrCreate', 'echo from pod > /data'),
      onHost('socket', at('socket'), 'Socket', '[ -S /data ] && echo socket'),
      onHost('char', '/dev/null', 'CharDevice', '[ -c /data ] && echo device'),
      onHost('unchecked', at('unchecked'), undefined, '[ -d /data ] && echo directory'),
      onHost('no-dir', at('missing'), 'Directory'),
      onHost('no-file', at('dir'), 'File'),
      onHost('no-socket', at('file'), 'Socket'),
      onHost('no-char', at('file'), 'CharDevice'),
      onHost('no-block', '/dev/null', 'BlockDevice'),
      onHost('sub', at('dir'), 'Directory', 'cat /data/text; ls /made; echo from pod > /made/x', {
        volumeMounts: [
          { name: 'data', mountPath: '/data', subPath: 'inner' },
          { name: 'data', mountPath: '/made', subPath: 'new/deep' },
        ],
      }),
      onHost(
        'read-only',
        at('dir'),
        'Directory',
        '(echo x > /data/x) 2>/dev/null || echo refused; cat /data/inner/text',
        {
          volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }],
        },
      ),
      job(
        'any-user',
        'id -u; touch /data/x && echo written',
        { ...withData({ emptyDir: {} }), securityContext: { runAsUser: 1234 } },
        DATA,
      ),
    );
  });

  after(async () => {
    await space.close();
    socket.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('emptyDir is shared by the containers and gone with the pod', async () => {
    await space.output('shared', /^words$/m);
    const { metadata } = await space.get('shared');
    const dir = join(space.cluster.dataDir, 'pods', metadata.uid ?? '');
    assert.equal(readFileSync(join(dir, 'volumes/kubernetes.io~empty-dir/data/x'), 'utf8'), 'words\n');
    await space.ok(['delete', 'pod', 'shared']);
    assert.equal(existsSync(dir), false);
  });

  it('emptyDir keeps what is in it when a container is restarted', async () => {
    await space.phase('restarted', 'Succeeded');
    assert.equal(await space.logs('restarted'), 'run\nrun\n');
  });

  it('emptyDir can be written by any user', async () => {
    assert.equal(await output('any-user'), '1234\nwritten\n');
  });

  it('emptyDir of medium Memory is a tmpfs no larger than its sizeLimit', async () => {
    const text = await output('in-memory');
    assert.match(text, /^tmpfs \/data tmpfs .*size=4096k/m);
    assert.match(text, /No space left on device/);
    assert.match(text, /^4194304$/m);
  });

  it('hostPath takes what is there when it is of its type', async () => {
    assert.equal(await output('dir'), 'inner\n');
    assert.equal(await output('file'), 'content\n');
    assert.equal(await output('socket'), 'socket\n');
    assert.equal(await output('char'), 'device\n');
  });

  it('hostPath makes what its type says to make, and keeps it when the pod goes', async () => {
    await Promise.all(['dir-made', 'file-made', 'unchecked'].map((name) => space.phase(name, 'Succeeded')));
    await space.ok(['delete', 'pod', 'dir-made', 'file-made']);
    assert.equal(readFileSync(at('made/deep/x'), 'utf8'), 'from pod\n');
    assert.equal(readFileSync(at('new-file'), 'utf8'), 'from pod\n');
    assert.ok(statSync(at('unchecked')).isDirectory());
  });

  for (const [name, why] of [
    ['no-dir', () => `${at('missing')} is not a directory`],
    ['no-file', () => `${at('dir')} is not a file`],
    ['no-socket', () => `${at('file')} is not a socket file`],
    ['no-char', () => `${at('file')} is not a character device`],
    ['no-block', () => '/dev/null is not a block device'],
  ] as const) {
    it(`hostPath says that ${why().replace(folder, '')}`, async () => {
      const message = `MountVolume.SetUp failed for volume "data" : hostPath type check failed: ${why()}`;
      await space.event(name, new RegExp(`^Warning FailedMount ${RegExp.escape(message)}$`, 'm'));
      assert.equal(await space.row(name), '0/1 ContainerCreating 0');
    });
  }

  it('hostPath goes on when what it lacked is there', async () => {
    mkdirSync(at('missing'));
    assert.equal(await output('no-dir'), '/data\n');
  });

  it('subPath mounts a part of a volume, made where there is none', async () => {
    assert.equal(await output('sub'), 'inner\n');
    assert.equal(readFileSync(at('dir/new/deep/x'), 'utf8'), 'from pod\n');
  });

  it('readOnly mounts refuse to be written', async () => {
    assert.equal(await output('read-only'), 'refused\ninner\n');
  });
});

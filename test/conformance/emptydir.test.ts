import assert from 'node:assert/strict';
import type { Volume } from '../../src/api/types.ts';
import { IDLE, job, pod, shell } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { Pods } from './lib/pods.ts';

const MEDIA = { default: '', tmpfs: 'Memory' } as const;
const MOUNTED = { volumeMounts: [{ name: 'data', mountPath: '/test-volume' }] };

const withVolume = (medium: keyof typeof MEDIA): { volumes: Volume[] } => ({
  volumes: [{ name: 'data', emptyDir: { medium: MEDIA[medium] } }],
});

/** The type of the file system at the mount, as the kernel names it. */
const FILE_SYSTEM = 'awk \'$2 == "/test-volume" { print $3 }\' /proc/mounts';

for (const medium of ['default', 'tmpfs'] as const) {
  const onMedium = (fileSystem = '') =>
    medium === 'tmpfs' ? assert.equal(fileSystem, 'tmpfs') : assert.notEqual(fileSystem, '');

  conformance(
    `[sig-storage] EmptyDir volumes volume on ${medium === 'tmpfs' ? 'tmpfs' : 'default medium'} should have the correct mode [LinuxOnly] [Conformance] [NodeConformance]`,
    async (context) => {
      const output = await new Pods(context).run(
        job('main', `stat -c %a /test-volume; ${FILE_SYSTEM}`, withVolume(medium), MOUNTED),
      );
      const [mode, fileSystem] = output.split('\n');
      assert.equal(mode, '777');
      onMedium(fileSystem);
    },
  );

  for (const [user, uid] of [
    ['root', 0],
    ['non-root', 1001],
  ] as const) {
    for (const mode of ['0644', '0666', '0777']) {
      conformance(
        `[sig-storage] EmptyDir volumes should support (${user},${mode},${medium}) [LinuxOnly] [Conformance] [NodeConformance]`,
        async (context) => {
          const file = '/test-volume/test-file';
          const script = `echo new file > ${file}; chmod ${mode} ${file}; cat ${file}; stat -c '%a %u' ${file}; ${FILE_SYSTEM}`;
          const spec = { ...withVolume(medium), securityContext: { runAsUser: uid } };
          const output = await new Pods(context).run(job('main', script, spec, MOUNTED));
          const [content, modeAndOwner, fileSystem] = output.split('\n');
          assert.deepEqual([content, modeAndOwner], ['new file', `${mode.slice(1)} ${uid}`]);
          onMedium(fileSystem);
        },
      );
    }
  }
}

conformance(
  '[sig-storage] EmptyDir volumes pod should support shared volumes between containers [Conformance]',
  async (context) => {
    const pods = new Pods(context);
    const writer = shell('writer', `echo shared > /test-volume/file; ${IDLE}`, MOUNTED);
    await pods.create(pod('main', [shell('main', IDLE, MOUNTED), writer], withVolume('default')));
    await pods.ready('main');
    await context.eventually(async () =>
      assert.equal(await pods.exec('main', ['cat', '/test-volume/file']), 'shared\n'),
    );
  },
);

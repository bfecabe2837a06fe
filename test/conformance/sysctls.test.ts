import assert from 'node:assert/strict';
import { job } from '../e2e/pods/manifests.ts';
import { isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { Pods } from './lib/pods.ts';

const SAFE = { name: 'kernel.shm_rmid_forced', value: '1' };

conformance(
  '[sig-node] Sysctls [LinuxOnly] should support sysctls [Environment:NotInUserNS] [Conformance] [NodeConformance]',
  async (context) => {
    const spec = { securityContext: { sysctls: [SAFE] } };
    const output = await new Pods(context).run(job('main', 'cat /proc/sys/kernel/shm_rmid_forced', spec));
    assert.equal(output, '1\n');
  },
);

conformance(
  '[sig-node] Sysctls [LinuxOnly] should reject invalid sysctls [MinimumKubeletVersion:1.21] [Conformance] [NodeConformance]',
  async (context) => {
    const names = ['foo-', 'kernel.shmmax-', 'bar..', SAFE.name];
    const sysctls = names.map((name) => ({ name, value: '1' }));
    await assert.rejects(new Pods(context).create(job('main', 'true', { securityContext: { sysctls } })), (error) => {
      assert.ok(isRefusal(error, 422), String(error));
      const fields = error.status.details?.causes?.map(({ field, reason }) => `${reason} ${field}`);
      assert.deepEqual(
        fields,
        [0, 1, 2].map((index) => `FieldValueInvalid spec.securityContext.sysctls[${index}].name`),
      );
      return true;
    });
  },
);

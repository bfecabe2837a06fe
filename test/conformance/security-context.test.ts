import assert from 'node:assert/strict';
import { job } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { Pods } from './lib/pods.ts';

const named = (behaviour: string, tags = '[LinuxOnly] [Conformance] [NodeConformance]') =>
  `[sig-node] Security Context ${behaviour} ${tags}`;
const USER_AND_GROUP = { runAsUser: 1001, runAsGroup: 2002 };

conformance(
  named('When creating a container with runAsUser should run the container with uid 65534'),
  async (context) => {
    const securityContext = { runAsUser: 65534 };
    assert.equal(await new Pods(context).run(job('main', 'id -u', {}, { securityContext })), '65534\n');
  },
);

conformance(
  named(
    'should support container.SecurityContext.RunAsUser And container.SecurityContext.RunAsGroup',
    '[LinuxOnly] [Conformance]',
  ),
  async (context) => {
    // The container's own goes before the pod's.
    const spec = { securityContext: { runAsUser: 1, runAsGroup: 1 } };
    const output = await new Pods(context).run(job('main', 'id -u; id -g', spec, { securityContext: USER_AND_GROUP }));
    assert.equal(output, '1001\n2002\n');
  },
);

conformance(
  named(
    'should support pod.Spec.SecurityContext.RunAsUser And pod.Spec.SecurityContext.RunAsGroup',
    '[LinuxOnly] [Conformance]',
  ),
  async (context) => {
    const output = await new Pods(context).run(job('main', 'id -u; id -g', { securityContext: USER_AND_GROUP }));
    assert.equal(output, '1001\n2002\n');
  },
);

conformance(
  named('When creating a pod with privileged should run the container as unprivileged when false'),
  async (context) => {
    const script = 'ip link add dummy0 type dummy 2>&1 || true';
    const output = await new Pods(context).run(job('main', script, {}, { securityContext: { privileged: false } }));
    assert.match(output, /Operation not permitted/);
  },
);

conformance(
  named(
    'When creating a pod with readOnlyRootFilesystem should run the container with writable rootfs when readOnlyRootFilesystem=false',
    '[Conformance] [NodeConformance]',
  ),
  async (context) => {
    const securityContext = { readOnlyRootFilesystem: false };
    const output = await new Pods(context).run(job('main', 'touch /checkfile && echo ok', {}, { securityContext }));
    assert.equal(output, 'ok\n');
  },
);

conformance(
  named('when creating containers with AllowPrivilegeEscalation should not allow privilege escalation when false'),
  async (context) => {
    const securityContext = { allowPrivilegeEscalation: false, runAsUser: 1000 };
    const output = await new Pods(context).run(
      job('main', 'grep NoNewPrivs /proc/self/status', {}, { securityContext }),
    );
    assert.equal(output, 'NoNewPrivs:\t1\n');
  },
);

conformance(
  '[sig-node] Kubelet when scheduling a read only busybox container should not write to root filesystem [LinuxOnly] [Conformance] [NodeConformance]',
  async (context) => {
    const securityContext = { readOnlyRootFilesystem: true };
    const script = 'echo test > /file; sleep 0.1; ls /file; true';
    const output = await new Pods(context).run(job('main', `{ ${script}; } 2>&1`, {}, { securityContext }));
    assert.match(output, /Read-only file system/);
    assert.match(output, /No such file/);
  },
);

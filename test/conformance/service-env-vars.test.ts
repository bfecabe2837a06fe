import assert from 'node:assert/strict';
import { job } from '../e2e/pods/manifests.ts';
import { conformance } from './lib/conformance.ts';
import { SERVICES } from './lib/kinds.ts';
import { Pods } from './lib/pods.ts';

conformance(
  '[sig-node] Pods should contain environment variables for services [Conformance] [NodeConformance]',
  async (context) => {
    const pods = new Pods(context);
    const { spec } = await context.all(SERVICES).create({
      metadata: { name: 'fooservice' },
      spec: { selector: { name: 'server' }, ports: [{ port: 8765, targetPort: 8080 }] },
    });
    const lines = (await pods.run(job('client', 'env'))).split('\n');
    const url = `tcp://${spec.clusterIP}:8765`;
    const wanted = [
      `FOOSERVICE_SERVICE_HOST=${spec.clusterIP}`,
      'FOOSERVICE_SERVICE_PORT=8765',
      `FOOSERVICE_PORT=${url}`,
      `FOOSERVICE_PORT_8765_TCP_PORT=8765`,
      `FOOSERVICE_PORT_8765_TCP_PROTO=tcp`,
      `FOOSERVICE_PORT_8765_TCP=${url}`,
      `FOOSERVICE_PORT_8765_TCP_ADDR=${spec.clusterIP}`,
    ];
    assert.deepEqual(
      wanted.filter((line) => !lines.includes(line)),
      [],
    );
    assert.ok(lines.some((line) => line.startsWith('KUBERNETES_SERVICE_HOST=')));
  },
);

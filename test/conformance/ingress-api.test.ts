import assert from 'node:assert/strict';
import type { Ingress, IngressClass } from '../../src/api/types.ts';
import type { Collection, Draft } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { INGRESS_CLASSES, INGRESSES } from './lib/kinds.ts';
import { assertDiscovered, assertLives } from './lib/resource-life.ts';

conformance(
  '[sig-network] Ingress API should support creating Ingress API operations [Conformance]',
  async (context) => {
    await assertDiscovered(context, INGRESSES, ['status']);
    const labels = { which: context.unique('ingress') };
    const draft = (name: string): Draft<Ingress> => ({
      metadata: { name, labels },
      spec: { defaultBackend: { service: { name: 'default-backend', port: { number: 80 } } } },
    });
    await assertLives(context, INGRESSES, { drafts: ['one', 'two', 'three'].map(draft), between: assertStatus });
  },
);

async function assertStatus(ingresses: Collection<Ingress>, name: string): Promise<void> {
  const patched = await ingresses.patch(
    name,
    {
      metadata: { annotations: { patchedstatus: 'true' } },
      status: { loadBalancer: { ingress: [{ ip: '169.1.1.1' }] } },
    },
    { subresource: 'status' },
  );
  assert.deepEqual(patched.status, { loadBalancer: { ingress: [{ ip: '169.1.1.1' }] } });
  assert.equal(patched.metadata.annotations?.patchedstatus, 'true');
  const status = { loadBalancer: { ingress: [{ ip: '169.1.1.2' }] } };
  assert.deepEqual((await ingresses.edit(name, (before) => ({ ...before, status }), 'status')).status, status);
  // Whoever serves Ingresses may have written the truth by now.
  const read = await ingresses.get(name, 'status');
  assert.deepEqual([read.kind, read.metadata.uid], ['Ingress', patched.metadata.uid]);
}

conformance(
  '[sig-network] IngressClass API should support creating IngressClass API operations [Conformance]',
  async (context) => {
    await assertDiscovered(context, INGRESS_CLASSES);
    const labels = { which: context.unique('ingressclass') };
    const drafts = ['one', 'two', 'three'].map(
      (name): Draft<IngressClass> => ({
        metadata: { name: context.unique(name), labels },
        spec: { controller: 'example.com/controller' },
      }),
    );
    await assertLives(context, INGRESS_CLASSES, { drafts });
  },
);

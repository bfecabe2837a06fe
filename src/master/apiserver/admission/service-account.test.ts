import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import { ManualClock } from '../../../../test/lib/manual-clock.ts';
import { POD } from '../../../api/kinds/pod.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { Pod, ServiceAccount } from '../../../api/types.ts';
import type { Change, ObjectCache } from '../../resource-client.ts';
import type { AdmissionRequest } from './chain.ts';
import { ServiceAccountAdmission } from './service-account.ts';

type Listener = (change: Change<ServiceAccount>) => void;

/** The accounts of namespace `ns`, some of which may come later. */
class Accounts {
  readonly clock = new ManualClock();
  readonly listeners = new Set<Listener>();
  readonly #accounts = new Map<string, ServiceAccount>();
  readonly #plugin = new ServiceAccountAdmission({ cache: this.#cache(), clock: this.clock });

  add(name: string, ...secrets: string[]): this {
    const object: ServiceAccount = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace: 'ns' },
      imagePullSecrets: secrets.map((secret) => ({ name: secret })),
    };
    this.#accounts.set(name, object);
    for (const listener of [...this.listeners]) listener({ type: 'added', object });
    return this;
  }

  async admit(spec: Partial<Pod['spec']> = {}, annotations: Record<string, string> = {}): Promise<Pod['spec']> {
    const object = aPod({ namespace: 'ns', spec });
    object.metadata.annotations = annotations;
    const kind = POD as unknown as KindDefinition;
    const key = { namespace: 'ns', name: 'web' };
    const user = { name: 'alice', groups: [] };
    const request: AdmissionRequest = { operation: 'CREATE', kind, key, subresource: '', object, user, dryRun: false };
    await this.#plugin.mutate(request);
    return object.spec;
  }

  #cache(): ObjectCache {
    const cache = {
      get: (_: unknown, { namespace, name }: { namespace: string; name: string }) =>
        namespace === 'ns' ? this.#accounts.get(name) : undefined,
      subscribe: (_: unknown, listener: Listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
    return cache as unknown as ObjectCache;
  }
}

const forbidden = (message: string) => ({ reason: 'Forbidden', message: `pods "web" is forbidden: ${message}` });

describe('the service account of a new pod', () => {
  it('is default where the pod names none, and lends its secrets for images', async () => {
    const spec = await new Accounts().add('default', 'registry').admit();
    assert.equal(spec.serviceAccountName, 'default');
    assert.deepEqual(spec.imagePullSecrets, [{ name: 'registry' }]);
  });

  it('has to be there', async () => {
    await assert.rejects(
      new Accounts().add('default').admit({ serviceAccountName: 'nope' }),
      forbidden('error looking up service account ns/nope: serviceaccount "nope" not found'),
    );
  });

  it('is waited for in a namespace so new that it has no default yet', async () => {
    const accounts = new Accounts();
    const admitted = accounts.admit();
    accounts.add('other').add('default', 'registry');
    assert.deepEqual((await admitted).imagePullSecrets, [{ name: 'registry' }]);
    assert.equal(accounts.listeners.size, 0);
  });

  it('is not waited for any longer than two seconds', async () => {
    const accounts = new Accounts();
    const admitted = accounts.admit();
    accounts.clock.advance(2000);
    const why = 'error looking up service account ns/default: serviceaccount "default" not found';
    await assert.rejects(admitted, forbidden(why));
    assert.equal(accounts.listeners.size, 0);
  });

  it('is none of a mirror pod, which its node runs as it is', async () => {
    const mirror = { 'kubernetes.io/config.mirror': 'x' };
    assert.equal((await new Accounts().admit({}, mirror)).serviceAccountName, undefined);
    await assert.rejects(
      new Accounts().add('robot').admit({ serviceAccountName: 'robot' }, mirror),
      forbidden('a mirror pod may not reference service accounts'),
    );
  });
});

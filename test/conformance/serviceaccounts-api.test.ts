import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { CONFIG_MAPS, SERVICE_ACCOUNTS } from './lib/kinds.ts';

conformance(
  '[sig-auth] ServiceAccounts should guarantee kube-root-ca.crt exist in any namespace [Conformance]',
  async (context) => {
    const configMaps = context.all(CONFIG_MAPS);
    const name = 'kube-root-ca.crt';
    const published = await context.eventually(() => configMaps.get(name));
    assert.match(published.data?.['ca.crt'] ?? '', /^-----BEGIN CERTIFICATE-----/);
    await configMaps.delete(name);
    const again = await context.eventually(() => configMaps.get(name));
    assert.deepEqual(again.data, published.data);
    await configMaps.edit(name, (map) => ({ ...map, data: { 'ca.crt': '' } }));
    await context.eventually(async () => assert.deepEqual((await configMaps.get(name)).data, published.data));
  },
);

conformance(
  '[sig-auth] ServiceAccounts should run through the lifecycle of a ServiceAccount [Conformance]',
  async (context) => {
    const accounts = context.all(SERVICE_ACCOUNTS);
    const labels = { which: context.unique('lifecycle') };
    const labelSelector = `which=${labels.which}`;
    const watch = await accounts.watch({ labelSelector });
    await accounts.create({ metadata: { name: 'account', labels } });
    await watch.until(({ type }) => type === 'ADDED');
    await accounts.patch('account', { automountServiceAccountToken: false }, { type: 'strategic-merge' });
    await watch.until(({ type, object }) => type === 'MODIFIED' && object.automountServiceAccountToken === false);
    const { items } = await context.everywhere(SERVICE_ACCOUNTS).list({ labelSelector });
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      ['account'],
    );
    await accounts.deleteCollection({ labelSelector });
    await watch.until(({ type }) => type === 'DELETED');
  },
);

conformance('[sig-auth] ServiceAccounts should update a ServiceAccount [Conformance]', async (context) => {
  const accounts = context.all(SERVICE_ACCOUNTS);
  const made = await accounts.create({ metadata: { name: 'account' } });
  assert.equal(made.automountServiceAccountToken, undefined);
  await accounts.edit('account', (account) => ({ ...account, automountServiceAccountToken: true }));
  assert.equal((await accounts.get('account')).automountServiceAccountToken, true);
});

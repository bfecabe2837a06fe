import assert from 'node:assert/strict';
import { isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { SECRETS } from './lib/kinds.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

conformance(
  '[sig-node] Secrets should fail to create secret due to empty secret key [Conformance]',
  async (context) => {
    const draft = { metadata: { name: 'secret' }, data: { '': base64('value') } };
    await assert.rejects(context.all(SECRETS).create(draft), (error) => isRefusal(error, 422));
  },
);

conformance('[sig-node] Secrets should patch a secret [Conformance]', async (context) => {
  const secrets = context.all(SECRETS);
  const labels = { which: context.unique('patch') };
  const labelSelector = `which=${labels.which}`;
  await secrets.create({ metadata: { name: 'secret', labels }, data: { key: base64('value') }, type: 'Opaque' });
  const listed = await context.everywhere(SECRETS).list({ labelSelector });
  assert.equal(listed.items[0]?.data?.key, base64('value'));
  const patch = { metadata: { labels: { patched: 'yes' } }, data: { key: base64('value1') } };
  await secrets.patch('secret', patch, { type: 'strategic-merge' });
  const secret = await secrets.get('secret');
  assert.deepEqual(secret.metadata.labels, { ...labels, patched: 'yes' });
  assert.equal(secret.data?.key, base64('value1'));
  await secrets.deleteCollection({ labelSelector });
  assert.deepEqual((await context.everywhere(SECRETS).list({ labelSelector })).items, []);
});

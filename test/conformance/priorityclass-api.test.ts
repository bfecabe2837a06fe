import assert from 'node:assert/strict';
import { isRefusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import { PRIORITY_CLASSES } from './lib/kinds.ts';

conformance(
  '[sig-scheduling] SchedulerPreemption PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods [Conformance] [Serial]',
  async (context) => {
    const classes = context.all(PRIORITY_CLASSES);
    const names = [context.unique('p1'), context.unique('p2')];
    const labels = { which: context.unique('classes') };
    const labelSelector = `which=${labels.which}`;
    context.afterwards(() => classes.deleteCollection({ labelSelector }));
    for (const [index, name] of names.entries()) await classes.create({ metadata: { name, labels }, value: index + 1 });
    for (const [index, name] of names.entries()) {
      const made = await classes.get(name);
      assert.equal(made.value, index + 1);
      const forbidden = (error: unknown) =>
        isRefusal(error, 422) && /may not be changed in an update/.test(error.message);
      await assert.rejects(classes.update({ ...made, value: (index + 1) * 10 }), forbidden);
      for (const type of ['merge', 'strategic-merge'] as const)
        await assert.rejects(classes.patch(name, { value: (index + 1) * 10 }, { type }), forbidden);
      await assert.rejects(
        classes.patch(name, [{ op: 'replace', path: '/value', value: 1000 }], { type: 'json' }),
        forbidden,
      );
      await classes.update({ ...made, description: 'updated' });
      await classes.patch(name, { metadata: { annotations: { patched: 'yes' } } });
      const now = await classes.get(name);
      assert.equal(now.description, 'updated');
      assert.equal(now.metadata.annotations?.patched, 'yes');
      assert.equal(now.value, index + 1);
    }
    assert.equal((await classes.list({ labelSelector })).items.length, 2);
    await classes.deleteCollection({ labelSelector });
    assert.deepEqual((await classes.list({ labelSelector })).items, []);
  },
);

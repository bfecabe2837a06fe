import assert from 'node:assert/strict';
import type { PodTemplate } from '../../src/api/types.ts';
import { type Collection, Refusal } from './lib/collection.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { POD_TEMPLATES } from './lib/kinds.ts';

const COUNT = 400;
const LIMIT = 40;

/** So many PodTemplates, ten at a time. */
async function manyTemplates(context: Context): Promise<Collection<PodTemplate>> {
  const templates = context.all(POD_TEMPLATES);
  const template = { spec: { containers: [{ name: 'main', image: 'busybox:1' }] } };
  for (let from = 0; from < COUNT; from += 10) {
    const batch = Array.from({ length: 10 }, (_, index) => `template-${String(from + index).padStart(4, '0')}`);
    await Promise.all(batch.map((name) => templates.create({ metadata: { name }, template })));
  }
  return templates;
}

/** The rest of a list, page by page, from a continue token. */
async function restOf(templates: Collection<PodTemplate>, token: string): Promise<string[]> {
  const names: string[] = [];
  for (let next: string | undefined = token; next; ) {
    const page = await templates.list({ limit: LIMIT, continue: next });
    names.push(...page.items.map(({ metadata }) => metadata.name));
    next = page.metadata.continue;
  }
  return names;
}

conformance(
  '[sig-api-machinery] Servers with support for API chunking should return chunks of results for list calls [Conformance]',
  async (context) => {
    const templates = await manyTemplates(context);
    const names: string[] = [];
    const versions = new Set<string | undefined>();
    for (let next: string | undefined, pages = 0; pages === 0 || next; pages++) {
      const page = await templates.list({ limit: LIMIT, continue: next });
      assert.ok(page.items.length <= LIMIT);
      names.push(...page.items.map(({ metadata }) => metadata.name));
      versions.add(page.metadata.resourceVersion);
      next = page.metadata.continue;
      assert.equal(page.metadata.remainingItemCount ?? 0, COUNT - names.length);
    }
    assert.equal(versions.size, 1, 'every page is of the same version');
    const whole = await templates.list();
    assert.equal(whole.metadata.continue, undefined);
    assert.deepEqual(
      names,
      whole.items.map(({ metadata }) => metadata.name),
    );
    assert.equal(names.length, COUNT);
  },
);

conformance(
  '[sig-api-machinery] Servers with support for API chunking should support continue listing from the last key if the original version has been compacted away, though the list is inconsistent [Conformance] [Slow]',
  async (context) => {
    const templates = await manyTemplates(context);
    const first = await templates.list({ limit: LIMIT });
    const token = first.metadata.continue;
    assert.ok(token);
    let attempt = 0;
    const status = await context.eventually(async () => {
      // Only what something newer replaces can be compacted away.
      await templates.patch('template-0000', { metadata: { labels: { attempt: String(++attempt) } } });
      const answer = await templates.list({ limit: LIMIT, continue: token }).catch((error: unknown) => error);
      assert.ok(answer instanceof Refusal, 'the version of the first page is still there');
      return answer.status;
    }, 1_000_000);
    assert.equal(status.code, 410);
    assert.equal(status.reason, 'Expired');
    const inconsistent = status.metadata?.continue;
    assert.ok(inconsistent, 'the refusal has a token to go on with');
    const rest = await restOf(templates, inconsistent);
    const names = [...first.items.map(({ metadata }) => metadata.name), ...rest];
    assert.equal(names.length, COUNT);
    assert.equal(new Set(names).size, COUNT);
  },
  { timeoutMs: 1_200_000 },
);

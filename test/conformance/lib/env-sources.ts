import assert from 'node:assert/strict';
import type { Container } from '../../../src/api/types.ts';
import { pod } from '../../e2e/pods/manifests.ts';
import { conformance } from './conformance.ts';
import type { Context } from './context.ts';
import { Pods } from './pods.ts';

type EnvVarSource = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>;
type EnvFrom = NonNullable<Container['envFrom']>[number];

/** A kind whose values become variables: ConfigMap, Secret. */
export interface EnvSource {
  /** Official names of the behaviours. */
  readonly names: { readonly oneKey: string; readonly allKeys: string; readonly prefixes: string };
  readonly create: (context: Context, name: string, data: Record<string, string>) => Promise<void>;
  readonly key: (name: string, key: string) => EnvVarSource;
  readonly all: (name: string) => EnvFrom;
}

/** No shell: busybox's forgets the names that are none of a shell's variables. */
const PRINTS: Container = { name: 'main', image: 'busybox:1', command: ['env'] };

/** Registers what both kinds do for environments. */
export function envSourceTests({ names, create, key, all }: EnvSource): void {
  const variables = async (context: Context, container: Partial<Container>) =>
    (await new Pods(context).run(pod('main', { ...PRINTS, ...container }, { restartPolicy: 'Never' }))).split('\n');

  conformance(names.oneKey, async (context) => {
    await create(context, 'source', { 'data-1': 'value-1', 'data-2': 'value-2' });
    const env = await variables(context, { env: [{ name: 'CONFIG_DATA_1', valueFrom: key('source', 'data-1') }] });
    assert.ok(env.includes('CONFIG_DATA_1=value-1'), env.join('\n'));
    assert.ok(!env.some((line) => line.includes('value-2')), env.join('\n'));
  });

  conformance(names.allKeys, async (context) => {
    await create(context, 'source', { data_1: 'value-1', data_2: 'value-2', data_3: 'value-3' });
    const env = await variables(context, { envFrom: [all('source'), { prefix: 'p_', ...all('source') }] });
    for (const nr of [1, 2, 3]) {
      assert.ok(env.includes(`data_${nr}=value-${nr}`), env.join('\n'));
      assert.ok(env.includes(`p_data_${nr}=value-${nr}`), env.join('\n'));
    }
  });

  conformance(names.prefixes, async (context) => {
    await create(context, 'source', { 'data-1': 'value-1', 'data.2': 'value-2' });
    const prefixes = ['p-', '1-', '$_-', '.x', '#'];
    const env = await variables(context, { envFrom: prefixes.map((prefix) => ({ prefix, ...all('source') })) });
    for (const prefix of prefixes) {
      assert.ok(env.includes(`${prefix}data-1=value-1`), `${prefix}data-1 is not in\n${env.join('\n')}`);
      assert.ok(env.includes(`${prefix}data.2=value-2`), `${prefix}data.2 is not in\n${env.join('\n')}`);
    }
  });
}

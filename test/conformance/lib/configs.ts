import type { ConfigMap, Secret } from '../../../src/api/types.ts';
import type { Context } from './context.ts';
import { CONFIG_MAPS, SECRETS } from './kinds.ts';

/** Creates a ConfigMap of these texts in the test's namespace. */
export async function configMap(
  context: Context,
  name: string,
  data: Record<string, string>,
  more: Partial<ConfigMap> = {},
): Promise<void> {
  await context.all(CONFIG_MAPS).create({ metadata: { name }, data, ...more });
}

/** Creates a Secret of these texts in the test's namespace. */
export async function secret(
  context: Context,
  name: string,
  data: Record<string, string>,
  more: Partial<Secret> = {},
): Promise<void> {
  await context.all(SECRETS).create({ metadata: { name }, data: encoded(data), ...more });
}

/** As the API carries a Secret's data. */
export function encoded(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
}

import { parseQuantity, wholeValue } from '../../../src/api/meta/quantity.ts';
import type { Context } from './context.ts';
import { NODES } from './kinds.ts';

/** What the first node has for pods, as whole cores (rounded up) and bytes: the default of a container's limits. */
export async function allocatable(context: Context): Promise<{ cpu: string; memory: string }> {
  const { items } = await context.everywhere(NODES).list();
  const amounts = items[0]?.status?.allocatable ?? {};
  const whole = (name: string) => String(wholeValue(parseQuantity(amounts[name] ?? '0')));
  return { cpu: whole('cpu'), memory: whole('memory') };
}

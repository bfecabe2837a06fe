import type { Service } from '../../types.ts';
import { hasSelector } from './traits.ts';

/** What is accepted and not acted on yet: a line goes when the feature comes. */
const NOT_HONOURED: readonly { readonly text: string; isUsed(service: Service): boolean }[] = [
  {
    text: 'spec.selector: Services are stored and given addresses, but their traffic is not routed by this version of Bramble',
    isUsed: ({ spec }) => hasSelector(spec),
  },
];

/** One text per field, for `Warning` headers. */
export function warnings(service: Service): string[] {
  return NOT_HONOURED.filter(({ isUsed }) => isUsed(service)).map(({ text }) => text);
}

import type { Service } from '../../types.ts';

/** What is accepted and not acted on yet: a line goes when the feature comes. */
const NOT_HONOURED: readonly { readonly text: string; isUsed(service: Service): boolean }[] = [
  {
    text: 'spec.trafficDistribution: this version of Bramble prefers no endpoints',
    isUsed: ({ spec }) => Boolean(spec.trafficDistribution),
  },
];

/** One text per field, for `Warning` headers. */
export function warnings(service: Service): string[] {
  return NOT_HONOURED.filter(({ isUsed }) => isUsed(service)).map(({ text }) => text);
}

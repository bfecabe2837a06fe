/** What an Event's reference is selected by. @param name `involvedObject`, or `regarding` in events.k8s.io/v1 */
export function involvedFields<N extends string>(
  name: N,
  reference: Partial<Record<(typeof PARTS)[number], string>> | undefined,
): Record<string, string> {
  return Object.fromEntries(PARTS.map((part) => [`${name}.${part}`, reference?.[part] ?? '']));
}

const PARTS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

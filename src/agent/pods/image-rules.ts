import type { Container } from '../../api/types.ts';

/** kubelet's words when the policy forbids to pull an image that lacks. */
export function neverPullMessage(reference: string): string {
  return `Container image "${reference}" is not present with pull policy of Never`;
}

/** The policy as defaulted by the API; by tag where nobody defaulted it. */
export function pullPolicyOf(container: Container): 'Always' | 'IfNotPresent' | 'Never' {
  if (container.imagePullPolicy) return container.imagePullPolicy;
  const image = container.image ?? '';
  const lastPart = image.slice(image.lastIndexOf('/') + 1);
  return image.includes('@') || (lastPart.includes(':') && !lastPart.endsWith(':latest')) ? 'IfNotPresent' : 'Always';
}

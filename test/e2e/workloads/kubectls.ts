import { installedKubectls, type Kubectl } from '../../lib/kubectl.ts';

/** The oldest and the newest installed kubectl: what lies between asks for the same. */
export function outermostKubectls(): Kubectl[] {
  const all = installedKubectls();
  return [...new Set([all.at(0), all.at(-1)])].filter((kubectl) => kubectl !== undefined);
}

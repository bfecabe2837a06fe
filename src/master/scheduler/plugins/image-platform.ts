import type { Node } from '../../../api/types.ts';
import { normalizedImage } from '../../../lib/images/reference.ts';
import { type FilterPlugin, unresolvable } from '../framework.ts';

/** As Go and image indexes call it: `amd64`, `arm64`, `arm`. */
export function architectureOf(node: Node): string | undefined {
  return node.status?.nodeInfo?.architecture || node.metadata.labels?.['kubernetes.io/arch'] || undefined;
}

interface Built {
  readonly image: string;
  readonly name: string;
  readonly architectures: readonly string[];
}

/**
 * Ours: a node whose architecture an image was not built for would only fail to pull it, or to run it. An image that is on
 * the node already is the node's own affair, and one that nobody knows of is given the benefit of the doubt.
 */
export const imagePlatform: FilterPlugin = {
  name: 'ImagePlatform',
  prepare({ pod }, view) {
    const images = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ image }) => image ?? '');
    const known = images.flatMap((image): Built[] => {
      const name = normalizedImage(image);
      const architectures = view.architecturesOf(name);
      return architectures ? [{ image, name, architectures }] : [];
    });
    if (known.length === 0) return undefined;
    return ({ node, images: held }) => {
      const architecture = architectureOf(node);
      if (!architecture) return undefined;
      const lacking = known.find(({ name, architectures }) => !architectures.includes(architecture) && !held.has(name));
      if (!lacking) return undefined;
      const builtFor = lacking.architectures.join(', ');
      return unresolvable(
        `node(s) had no image "${lacking.image}" for architecture ${architecture} (it is built for ${builtFor})`,
      );
    };
  },
};

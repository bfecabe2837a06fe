import { normalizedImage } from '../../../lib/images/reference.ts';
import { MAX_SCORE, type ScorePlugin } from '../framework.ts';

const MEGABYTE = 1024 * 1024;
/** Below this, fetching the image costs nothing worth choosing a node for; from the upper one on, of each container, as much as can be. */
const LOWER = 23 * MEGABYTE;
const UPPER_PER_CONTAINER = 1000 * MEGABYTE;

/**
 * Prefers nodes that have the pod's images, by their size. An image that few nodes have counts less: it must not draw all of
 * a workload's pods to one node. Source: kube-scheduler, ImageLocality.
 */
export const imageLocality: ScorePlugin = {
  name: 'ImageLocality',
  weight: 1,
  prepare({ pod }, _feasible, view) {
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const images = containers.map(({ image }) => normalizedImage(image ?? ''));
    const shares = new Map(images.map((image) => [image, view.holdersOf(image) / view.nodes.length]));
    if ([...shares.values()].every((share) => share === 0)) return undefined;
    const upper = UPPER_PER_CONTAINER * containers.length;
    return {
      score({ images: held }) {
        const bytes = images.reduce((sum, image) => sum + (held.get(image) ?? 0) * (shares.get(image) ?? 0), 0);
        const within = Math.min(Math.max(bytes, LOWER), upper);
        return Math.floor((MAX_SCORE * (within - LOWER)) / (upper - LOWER));
      },
    };
  },
};

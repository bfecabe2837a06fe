import assert from 'node:assert/strict';
import { aNode, aPod } from '../../../../test/lib/builders.ts';
import type { Node } from '../../../api/types.ts';
import { clusterOf, scoresOf, verdict } from '../test-cluster.ts';
import { imageLocality } from './image-locality.ts';
import { nodeHealth } from './node-health.ts';

const built = (name: string, architecture: string, images: string[] = [], megabytes = 500): Node => {
  const node = aNode(name, { labels: { 'kubernetes.io/arch': architecture } });
  const list = images.map((image) => ({ names: [image], sizeBytes: megabytes * 1024 * 1024 }));
  return { ...node, status: { ...node.status, images: list } };
};
const running = (image: string) => aPod({ spec: { containers: [{ name: 'main', image }] } });

describe('the platform of images', () => {
  const pi = built('pi', 'arm64');
  const pc = built('pc', 'amd64');
  const architectures = { 'nginx:1.11': ['amd64'], both: ['amd64', 'arm64'] };
  const cases: [title: string, image: string, nodes: Node[], wanted: string][] = [
    ['keeps an image from nodes that it was not built for', 'nginx:1.11', [pi, pc], 'pc'],
    [
      'says what it was built for',
      'nginx:1.11',
      [pi],
      '0/1 nodes are available: 1 node(s) had no image "nginx:1.11" for architecture arm64 (it is built for amd64).',
    ],
    ['lets an image for both go to both', 'docker.io/library/both:latest', [pi], 'pi'],
    ['has nothing to say of images that nobody knows', 'private/app', [pi], 'pi'],
    ['trusts a node that has the image', 'nginx:1.11', [built('pi', 'arm64', ['nginx:1.11'])], 'pi'],
    ['leaves a node alone that does not say what it is', 'nginx:1.11', [aNode('odd')], 'odd'],
  ];
  for (const [title, image, nodes, wanted] of cases) {
    it(title, () => assert.equal(verdict(running(image), clusterOf({ nodes, architectures })), wanted));
  }

  it('is worth asking for when a node is not of the usual one and lacks the image', () => {
    const image = 'docker.io/library/nginx:1.11';
    assert.equal(clusterOf({ nodes: [pc] }).mayLackPlatform(image), false);
    assert.equal(clusterOf({ nodes: [pc, pi] }).mayLackPlatform(image), true);
    assert.equal(clusterOf({ nodes: [built('pi', 'arm64', ['nginx:1.11'])] }).mayLackPlatform(image), false);
  });
});

describe('image locality', () => {
  it('scores nodes that have the image by its size, less when few have it', () => {
    const nodes = [
      built('a', 'arm64', ['nginx:1']),
      built('b', 'arm64', ['docker.io/library/nginx:1']),
      built('c', 'arm64'),
    ];
    const scores = scoresOf(imageLocality, running('nginx:1'), clusterOf({ nodes }));
    // 500 MB on 2 of 3 nodes count 333 MB, of which 23 are free: 100 × 310 / 977.
    assert.deepEqual(scores, { a: 31, b: 31, c: 0 });
  });
});

describe('node health', () => {
  it('scores nodes low that suffer', () => {
    const ill = aNode('ill');
    const conditions = [
      { type: 'UnderVoltage', status: 'True' as const },
      { type: 'SlowDisk', status: 'False' as const },
    ];
    const nodes = [{ ...ill, status: { ...ill.status, conditions } }, aNode('well')];
    assert.deepEqual(scoresOf(nodeHealth, aPod(), clusterOf({ nodes })), { ill: 25, well: 100 });
    assert.equal(
      verdict(aPod(), clusterOf({ nodes, pods: [aPod({ name: 'p', node: 'well', requests: { cpu: '1' } })] })),
      'well',
    );
    assert.equal(scoresOf(nodeHealth, aPod(), clusterOf({ nodes: [aNode()] })), undefined);
  });
});

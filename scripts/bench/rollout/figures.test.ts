import assert from 'node:assert/strict';
import { figuresOf } from './figures.ts';

describe('the figures of rollouts', () => {
  it('are medians in seconds, and the ratio of the medians', () => {
    const round = (bramble: number, swarm: number) => ({
      bramble: { scale: bramble, update: bramble * 2 },
      swarm: { scale: swarm, update: swarm },
    });
    const figures = figuresOf([round(3000, 2000), round(9000, 1000), round(1000, 7000)], 'scale', 'update');
    assert.deepEqual(
      figures.map(({ name, value, unit }) => `${name} ${value} ${unit}`),
      [
        'scale: Bramble 3 s',
        'scale: Swarm 2 s',
        'scale: ratio 1.5 ×',
        'update: Bramble 6 s',
        'update: Swarm 2 s',
        'update: ratio 3 ×',
      ],
    );
  });
});

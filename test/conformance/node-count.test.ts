import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';
import { freeNodes } from './lib/net-servers.ts';

conformance(
  '[sig-architecture] Conformance Tests should have at least two untainted nodes [Conformance]',
  async (context) => {
    const nodes = await freeNodes(context);
    assert.ok(nodes.length >= 2, `needs two nodes (--nodes 2): there is ${nodes.length}`);
  },
);

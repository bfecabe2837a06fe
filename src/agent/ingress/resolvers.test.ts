import assert from 'node:assert/strict';
import type { Node } from '../../api/types.ts';
import { nameServerOf, renderResolvers } from './resolvers.ts';

describe('names that the proxy looks up', () => {
  const node = (podCIDR?: string): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'pi-1' },
    spec: podCIDR === undefined ? {} : { podCIDR },
  });

  it('are asked for where the agent answers its pods', () => {
    assert.deepEqual(nameServerOf(node('10.42.3.0/24')), { ip: '10.42.3.1', port: 10053 });
    assert.match(renderResolvers({ ip: '10.42.3.1', port: 10053 }), /^ {2}nameserver agent 10\.42\.3\.1:10053$/m);
  });

  it('are asked for where the node asks as long as it has no range for pods', () => {
    for (const bare of [undefined, node(), node('')]) assert.equal(nameServerOf(bare), undefined);
    const text = renderResolvers(undefined);
    assert.match(text, /^ {2}parse-resolv-conf$/m);
    assert.doesNotMatch(text, /nameserver/);
  });

  it('keep their addresses while the agent is away, and while it comes back', () => {
    const text = renderResolvers({ ip: '10.42.3.1', port: 10053 });
    for (const what of ['timeout 1h', 'refused 1h', 'other 1h', 'nx 30s'])
      assert.match(text, new RegExp(`hold ${what}`));
  });
});

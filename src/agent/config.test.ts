import assert from 'node:assert/strict';
import { ConfigError } from '../lib/config-check.ts';
import { parseAgentConfig } from './config.ts';

describe('the agent configuration', () => {
  it('takes several masters and labels', () => {
    const config = parseAgentConfig(
      { 'node-name': 'pi-1', master: ['a:6444', 'b:6444'], 'node-label': ['disk=ssd', 'room='] },
      {},
    );
    assert.deepEqual(config.masters, [
      { host: 'a', port: 6444 },
      { host: 'b', port: 6444 },
    ]);
    assert.deepEqual(config.nodeLabels, { disk: 'ssd', room: '' });
  });

  it('lists everything that is wrong at once', () => {
    const flags = { 'node-name': 'My Pi', 'docker-host': 'ssh://pi', 'node-ip': '1.2.3', 'node-label': ['disk'] };
    assert.throws(
      () => parseAgentConfig(flags, {}),
      (error) => error instanceof ConfigError && error.problems.length === 4,
    );
  });
});

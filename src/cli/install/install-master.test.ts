import assert from 'node:assert/strict';
import { ConfigError } from '../../lib/config-check.ts';
import { flagSettings, ownAddress } from './install-master.ts';

describe('settings from flags', () => {
  const cases: readonly [readonly string[], object][] = [
    [[], {}],
    [['--listen=0.0.0.0:7443'], { listen: '0.0.0.0:7443' }],
    [['--backup-schedule=0 3 * * *'], { 'backup-schedule': '0 3 * * *' }],
    [['--node-label=a=b', '--node-label=c=d', '--node-label=e=f'], { 'node-label': ['a=b', 'c=d', 'e=f'] }],
    [['--registry-mirror='], { 'registry-mirror': '' }],
  ];
  for (const [flags, settings] of cases) {
    it(`are ${JSON.stringify(settings)}`, () => assert.deepEqual(flagSettings(flags), settings));
  }

  for (const wrong of ['--listen', 'listen=x', '-l=x']) {
    it(`are not made of ${wrong}`, () => assert.throws(() => flagSettings([wrong]), ConfigError));
  }
});

describe('the own node of a master', () => {
  it('comes over the loopback, unless the master listens elsewhere alone', () => {
    assert.equal(ownAddress({ grpcListen: { host: '0.0.0.0', port: 6444 } }), '127.0.0.1:6444');
    assert.equal(ownAddress({ grpcListen: { host: '10.0.0.5', port: 7444 } }), '10.0.0.5:7444');
  });
});

import assert from 'node:assert/strict';
import { ConfigError } from '../lib/config-check.ts';
import { kubernetesServiceIp, parseMasterConfig } from './config.ts';

function problemsOf(flags: Record<string, string>, file: Record<string, unknown> = {}): readonly string[] {
  try {
    parseMasterConfig(flags, file, '192.168.1.10');
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
}

describe('the master configuration', () => {
  it('is complete without any flag', () => {
    const config = parseMasterConfig({}, {}, '192.168.1.10');
    assert.equal(config.advertiseAddress, '192.168.1.10');
    assert.deepEqual(config.listen, { host: '0.0.0.0', port: 6443 });
    assert.equal(kubernetesServiceIp(config), '10.43.0.1');
    assert.ok(Object.isFrozen(config));
  });

  it('takes a flag over the file and the file over the default', () => {
    const config = parseMasterConfig({ 'data-dir': '/flag' }, { 'data-dir': '/file', 'log-level': 'warn' }, '10.0.0.1');
    assert.equal(config.dataDir, '/flag');
    assert.equal(config.logLevel, 'warn');
  });

  it('lists everything that is wrong at once', () => {
    const problems = problemsOf(
      { listen: 'here', 'cluster-cidr': '10.42.0.1/16', 'service-node-port-range': '9-1' },
      { colour: 'red' },
    );
    assert.equal(problems.length, 4);
    assert.match(problems.join('\n'), /--colour: there is no such key/);
    assert.match(problems.join('\n'), /--listen: must be ADDRESS:PORT, not "here"/);
  });

  it('wants the DNS address within the Service network, and the networks apart', () => {
    assert.match(problemsOf({ 'cluster-dns': '10.44.0.10' })[0] ?? '', /must lie within --service-cidr/);
    assert.match(problemsOf({ 'cluster-cidr': '10.43.128.0/17' })[0] ?? '', /must not overlap/);
  });

  it('refuses a datastore that is not served', () => {
    assert.match(problemsOf({ datastore: 'etcd' })[0] ?? '', /only "sqlite"/);
  });

  const graces: [string, number | undefined][] = [
    ['10s', 10_000],
    ['2500ms', 2500],
    ['1m30s', 90_000],
    ['2s', 2000],
    ['1s', undefined],
    ['2h', undefined],
    ['10', undefined],
    ['', undefined],
    ['s10', undefined],
  ];
  for (const [text, ms] of graces) {
    it(`${ms === undefined ? 'refuses' : 'takes'} "${text}" as grace period of nodes`, () => {
      const flags = { 'node-monitor-grace-period': text };
      if (ms === undefined)
        assert.match(problemsOf(flags)[0] ?? '', /node-monitor-grace-period: must be a time from 2s to 1h/);
      else assert.equal(parseMasterConfig(flags, {}, '10.0.0.1').nodeMonitorGracePeriodMs, ms);
    });
  }
});

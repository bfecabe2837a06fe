import assert from 'node:assert/strict';
import { servingNames } from './serving-certificate.ts';

describe('servingNames', () => {
  const base = {
    hostname: 'Attic',
    advertiseAddress: '',
    hostAddresses: [],
    serviceIp: '10.43.0.1',
    clusterDomain: 'home.lan',
  };

  it('holds every name of the API in the cluster, and this machine’s', () => {
    assert.deepEqual(servingNames(base), {
      dnsNames: [
        'attic',
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.home.lan',
        'localhost',
      ],
      ipAddresses: ['10.43.0.1', '127.0.0.1', '::1'],
    });
  });

  it('holds the advertised address as what it is', () => {
    assert.ok(servingNames({ ...base, advertiseAddress: '192.168.1.2' }).ipAddresses.includes('192.168.1.2'));
    assert.ok(servingNames({ ...base, advertiseAddress: 'k8s.lan' }).dnsNames.includes('k8s.lan'));
  });

  it('names each address once and leaves out link-local ones', () => {
    const names = servingNames({
      ...base,
      hostAddresses: ['127.0.0.1', '192.168.1.2', '192.168.1.2', 'fe80::1', 'fe80::2%eth0'],
    });
    assert.deepEqual(names.ipAddresses, ['10.43.0.1', '127.0.0.1', '192.168.1.2', '::1']);
  });
});

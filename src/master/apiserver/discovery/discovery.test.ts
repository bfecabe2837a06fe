import assert from 'node:assert/strict';
import { KINDS } from '../../../api/kinds/all.ts';
import { parseAccept } from '../http/negotiate.ts';
import { KindTable } from '../kind-table.ts';
import { aggregatedWanted, groupDiscoveryList } from './aggregated.ts';
import { apiGroup, apiGroupList, apiResourceList } from './legacy.ts';
import { listVersions } from './resources.ts';

const VERSIONS = listVersions(new KindTable(KINDS));
const core = VERSIONS.find(({ group }) => group === '');

describe('listVersions', () => {
  it('lists every subresource once, and what the engine serves by itself', () => {
    const pods = core?.resources.find(({ plural }) => plural === 'pods');
    const names = pods?.subresources.map(({ name }) => name) ?? [];
    assert.equal(new Set(names).size, names.length);
    for (const name of ['binding', 'eviction', 'log', 'exec', 'attach', 'portforward', 'status'])
      assert.ok(names.includes(name), name);
  });

  it('lists each group version once', () => {
    const keys = VERSIONS.map(({ group, version }) => `${group}/${version}`);
    assert.equal(new Set(keys).size, keys.length);
  });
});

describe('legacy discovery', () => {
  it('says where a subresource of another group lives, and only there', () => {
    assert.ok(core);
    const text = JSON.stringify(apiResourceList(core));
    assert.match(
      text,
      /"name":"pods\/eviction","singularName":"","namespaced":true,"group":"policy","version":"v1","kind":"Eviction"/,
    );
    assert.match(text, /"name":"pods\/log","singularName":"","namespaced":true,"kind":"Pod"/);
  });

  it('lists groups without core', () => {
    const text = JSON.stringify(apiGroupList(VERSIONS));
    assert.match(text, /"name":"events\.k8s\.io"/);
    assert.doesNotMatch(text, /"name":""/);
  });

  it('knows no group that is not served', () => {
    assert.equal(apiGroup(VERSIONS, 'apps.example.com'), undefined);
    assert.equal(apiGroup(VERSIONS, ''), undefined);
  });
});

describe('aggregated discovery', () => {
  const v2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const beta = v2.replace('v=v2', 'v=v2beta1');
  const cases: [string, string | undefined][] = [
    [`${v2},${beta},application/json`, 'v2'],
    [`${beta},application/json`, 'v2beta1'],
    [`${v2.replace('v=v2', 'v=v3')},application/json`, undefined],
    ['application/json, */*', undefined],
    ['', undefined],
  ];
  for (const [accept, expected] of cases) {
    it(`gives ${expected ?? 'the plain form'} to ${accept || 'nothing'}`, () =>
      assert.equal(aggregatedWanted(parseAccept(accept)), expected));
  }

  it('puts core into one item without a name', () => {
    const text = JSON.stringify(groupDiscoveryList(VERSIONS, true, 'v2'));
    assert.match(text, /^\{"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery\.k8s\.io\/v2"/);
    assert.match(
      text,
      /"resource":"pods","responseKind":\{"group":"","version":"v1","kind":"Pod"\},"scope":"Namespaced"/,
    );
  });
});

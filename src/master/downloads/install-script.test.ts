import assert from 'node:assert/strict';
import { renderInstallScript, safeAuthority } from './install-script.ts';

describe('the installer', () => {
  it('knows the master by the address that was asked, and where its agents go', () => {
    const facts = { master: '192.168.1.10:6443', grpcPort: 6444, caPem: '-----BEGIN $& CERTIFICATE-----\n' };
    assert.equal(
      renderInstallScript(facts, "M='@MASTER@' A='@AGENTS@'\n@CA@\n"),
      "M='192.168.1.10:6443' A='192.168.1.10:6444'\n-----BEGIN $& CERTIFICATE-----\n",
    );
  });

  for (const text of ['pi-1:6443', '192.168.1.10', '[fd00::1]:6443', 'master.home.lan:443']) {
    it(`may be told of ${text}`, () => assert.equal(safeAuthority(text), text));
  }

  for (const text of ["x'; rm -rf /; '", 'a b', '$(id)', 'pi-1:port', '-x', '', `${'a'.repeat(300)}`, undefined]) {
    it(`has no room for ${text?.slice(0, 20)}`, () => assert.equal(safeAuthority(text), undefined));
  }
});

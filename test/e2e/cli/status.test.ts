import assert from 'node:assert/strict';
import { eventually } from '../../lib/eventually.ts';
import { assertShows } from '../../lib/screen.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { bramble } from './bramble.ts';

const POD = '/api/v1/namespaces/default/pods';
const NAME = 'status-wrong-image';

describe('bramble status', function () {
  this.timeout(120_000);
  const at = `--data-dir=${cluster.dataDir}`;
  const remove = () => cluster.api.delete(`${POD}/${NAME}?gracePeriodSeconds=0`);

  it('shows the master and the node, for people and for programs', async () => {
    const { stdout } = await bramble('status', at);
    assertShows(
      stdout,
      `Bramble <any> at https://<ip>:<n>
up <age>, store <any>B

NODE STATUS ARCH AGE ADDRESS PODS MEMORY
${cluster.nodeName} Ready <any> <age> <ip> <n>/110 <n>%
...`,
    );
    assert.ok(!stdout.includes('\x1b'), 'colours are for terminals');
    const json = JSON.parse((await bramble('status', '--json', `--kubeconfig=${cluster.kubeconfig}`)).stdout);
    assert.equal(json.nodes[0].name, cluster.nodeName);
    assert.ok(json.master.storeBytes > 0);
  });

  it('tells of a pod that cannot run, why, what to type, and fails', async () => {
    await cluster.api.create(POD, {
      metadata: { name: NAME },
      spec: { containers: [{ name: 'main', image: 'localhost:1/nowhere:1' }] },
    });
    try {
      await eventually(async () => {
        const { code, stdout } = await bramble('status', at);
        assert.match(stdout, new RegExp(`✗ default/${NAME} (ErrImagePull|ImagePullBackOff) on ${cluster.nodeName}`));
        assert.match(stdout, /Last warnings\n/);
        assert.match(stdout, new RegExp(`pod/${NAME}: Failed:`));
        assert.match(stdout, /\nNext:\n/);
        for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
        assert.equal(code, 1);
      }, 60_000);
    } finally {
      await remove();
    }
  });
});

import assert from 'node:assert/strict';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, script } from './manifests.ts';
import { PodSpace } from './pod-space.ts';
import { PrivateRegistry } from './private-registry.ts';

describe('images', () => {
  let space: PodSpace;
  const registry = new PrivateRegistry();
  /** Nothing listens on this port. */
  const nowhere = '127.0.0.1:1/no/such:1';
  const withImage = (name: string, image: string, more: object = {}, secret?: string) =>
    script(name, IDLE, secret === undefined ? {} : { imagePullSecrets: [{ name: secret }] }, { image, ...more });

  before(async () => {
    await registry.start();
    const own = await registry.push('busybox:1', 'own/busybox:1');
    space = await PodSpace.open(cluster, 'images');
    for (const [name, password] of [
      ['right', registry.password],
      ['wrong', 'guess'],
    ])
      await space.ok([
        ...['create', 'secret', 'docker-registry', name ?? '', `--docker-server=${registry.address}`],
        ...[`--docker-username=${registry.user}`, `--docker-password=${password}`],
      ]);
    const late = `${registry.address}/own/late:1`;
    await space.apply(
      withImage('present', 'busybox:1'),
      withImage('always', 'busybox:1', { imagePullPolicy: 'Always' }),
      withImage('never', 'busybox:1', { imagePullPolicy: 'Never' }),
      withImage('never-there', 'busybox:no-such-tag', { imagePullPolicy: 'Never' }),
      withImage('nowhere', nowhere),
      withImage('invalid', 'Not/A/Name'),
      withImage('no-secret', own, { imagePullPolicy: 'Always' }),
      withImage('wrong-secret', own, { imagePullPolicy: 'Always' }, 'wrong'),
      withImage('right-secret', own, { imagePullPolicy: 'Always' }, 'right'),
      withImage('late', late, {}, 'right'),
      withImage('late-secret', own, { imagePullPolicy: 'Always' }, 'late-secret'),
    );
  });

  after(async () => {
    await space.close();
    await registry.stop();
  });

  it('that are there are not pulled under IfNotPresent and Never', async () => {
    for (const name of ['present', 'never']) {
      const { spec } = await space.ready(name);
      assert.equal(spec.containers[0]?.imagePullPolicy, name === 'present' ? 'IfNotPresent' : 'Never');
      await space.event(name, /^Normal Pulled Container image "busybox:1" already present on machine$/m);
      assert.doesNotMatch((await space.events(name)).join('\n'), / Pulling /);
    }
  });

  it('are pulled each time under Always, and the events tell how long it took', async () => {
    const { status } = await space.ready('always');
    const events = (await space.events('always')).map((text) => text.split(' ').slice(0, 2).join(' '));
    assert.deepEqual(events, [
      'Normal Scheduled',
      'Normal Pulling',
      'Normal Pulled',
      'Normal Created',
      'Normal Started',
    ]);
    await space.event(
      'always',
      /^Normal Pulled Successfully pulled image "busybox:1" in \S+ \(\S+ including waiting\)\. Image size: \d+ bytes\.$/m,
    );
    assert.match(status?.containerStatuses?.[0]?.imageID ?? '', /@sha256:[0-9a-f]{64}$/);
  });

  it('that lack under Never are ErrImageNeverPull', async () => {
    await space.rowMatches('never-there', /^0\/1 ErrImageNeverPull 0$/);
    const message = 'Container image "busybox:no-such-tag" is not present with pull policy of Never';
    const { status } = await space.get('never-there');
    assert.equal(status?.containerStatuses?.[0]?.state?.waiting?.message, message);
    const events = await space.events('never-there');
    assert.ok(events.includes(`Warning ErrImageNeverPull ${message}`));
    assert.ok(events.includes('Warning Failed Error: ErrImageNeverPull'));
  });

  it('of a name that is none are InvalidImageName', async () => {
    await space.rowMatches('invalid', /^0\/1 InvalidImageName 0$/);
    await space.event(
      'invalid',
      /^Warning InspectFailed Failed to apply default image tag "Not\/A\/Name": couldn't parse image name/m,
    );
    await space.event('invalid', /^Warning Failed Error: InvalidImageName$/m);
  });

  it('that cannot be pulled are ErrImagePull, then ImagePullBackOff', async () => {
    await space.rowMatches('nowhere', /^0\/1 (ErrImagePull|ImagePullBackOff) 0$/);
    await space.rowMatches('nowhere', /^0\/1 ImagePullBackOff 0$/);
    const { status } = await space.get('nowhere');
    assert.equal(status?.phase, 'Pending');
    const why = /connection refused/;
    const { message = '' } = status?.containerStatuses?.[0]?.state?.waiting ?? {};
    assert.ok(message.startsWith(`Back-off pulling image "${nowhere}": ErrImagePull: `), message);
    assert.match(message, why);
    await space.event('nowhere', /^Warning Failed Error: ImagePullBackOff$/m);
    const events = (await space.events('nowhere')).join('\n');
    assert.match(events, /^Normal Pulling Pulling image "127\.0\.0\.1:1\/no\/such:1"$/m);
    assert.match(events, /^Warning Failed Failed to pull image "127\.0\.0\.1:1\/no\/such:1": .*connection refused/m);
    assert.match(events, /^Warning Failed Error: ErrImagePull$/m);
    assert.match(events, /^Normal BackOff Back-off pulling image "127\.0\.0\.1:1\/no\/such:1"/m);
  });

  it('of a private registry are pulled with the imagePullSecret', async () => {
    const { status } = await space.ready('right-secret');
    assert.ok(status?.containerStatuses?.[0]?.imageID.includes(`${registry.address}/own/busybox@sha256:`));
  });

  it('of a private registry are refused without it, or with a wrong one', async () => {
    for (const name of ['no-secret', 'wrong-secret']) {
      await space.rowMatches(name, /^0\/1 (ErrImagePull|ImagePullBackOff) 0$/);
      await space.event(name, /^Warning Failed Failed to pull image .*(no basic auth credentials|unauthorized)/m);
    }
  });

  it('start when the secret, or the image, comes later', async () => {
    await space.rowMatches('late', /^0\/1 (ErrImagePull|ImagePullBackOff) 0$/);
    await space.ok([
      ...['create', 'secret', 'docker-registry', 'late-secret', `--docker-server=${registry.address}`],
      ...[`--docker-username=${registry.user}`, `--docker-password=${registry.password}`],
    ]);
    await registry.push('busybox:1', 'own/late:1');
    await space.ready('late');
    await space.ready('late-secret');
    assert.equal(await space.row('late'), '1/1 Running 0');
  });
});

import assert from 'node:assert/strict';
import { cluster } from '../setup/shared-cluster.ts';
import { job, pod } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

describe('what a container runs', () => {
  let space: PodSpace;
  const output = async (name: string) => {
    await space.phase(name, 'Succeeded');
    return space.logs(name);
  };

  before(async () => {
    space = await PodSpace.open(cluster, 'process');
    const never = { restartPolicy: 'Never' } as const;
    await space.apply(
      pod('args', { name: 'main', image: 'busybox:1', args: ['echo', 'only', 'arguments'] }, never),
      pod(
        'command',
        { name: 'main', image: 'busybox:1', command: ['printf', '%s|'], args: ['a b', '', '$HOME'] },
        never,
      ),
      pod(
        'expanded',
        {
          name: 'main',
          image: 'busybox:1',
          env: [
            { name: 'GREETING', value: 'hello' },
            { name: 'WHOLE', value: '$(GREETING) world' },
            { name: 'ESCAPED', value: '$$(GREETING)' },
            { name: 'UNKNOWN', value: '$(LATER)' },
            { name: 'LATER', value: 'x' },
          ],
          command: ['printf', '%s\n'],
          args: ['$(WHOLE)', '$$(WHOLE)', '$(NOBODY)', '$(ESCAPED)', '$(UNKNOWN)', '$WHOLE', 'a$$b'],
        },
        never,
      ),
      job(
        'env',
        'env; echo "[$EMPTY]"',
        {},
        {
          env: [
            { name: 'PLAIN', value: 'value with = and "quotes"' },
            { name: 'EMPTY', value: '' },
            { name: 'TWICE', value: 'first' },
            { name: 'TWICE', value: 'second' },
          ],
        },
      ),
      job('elsewhere', 'pwd', {}, { workingDir: '/made/for/this' }),
      job('terminal', '[ -t 1 ] && echo terminal || echo none', {}, { tty: true }),
      job('no-terminal', '[ -t 1 ] && echo terminal || echo none'),
      job('no-stdin', 'cat; echo over'),
      pod('open-stdin', { name: 'main', image: 'busybox:1', command: ['cat'], stdin: true }, never),
    );
  });

  after(() => space.close());

  it('is the image with other arguments when only args are given', async () => {
    assert.equal(await output('args'), 'only arguments\n');
  });

  it('is command and args word by word, without a shell', async () => {
    assert.equal(await output('command'), 'a b||$HOME|');
  });

  it('has $(NAME) replaced in command, args and later variables, and $$ as a dollar sign', async () => {
    assert.deepEqual((await output('expanded')).split('\n'), [
      'hello world',
      '$(WHOLE)',
      '$(NOBODY)',
      '$(GREETING)',
      '$(LATER)',
      '$WHOLE',
      'a$b',
      '',
    ]);
  });

  it('sees its variables, the last of a name, and the name of its pod as HOSTNAME', async () => {
    const lines = (await output('env')).split('\n');
    assert.ok(lines.includes('PLAIN=value with = and "quotes"'));
    assert.ok(lines.includes('TWICE=second') && !lines.includes('TWICE=first'));
    assert.ok(lines.includes('[]'));
    assert.ok(lines.includes('HOSTNAME=env'));
  });

  it('starts in its workingDir, which is made where the image has none', async () => {
    assert.equal(await output('elsewhere'), '/made/for/this\n');
  });

  it('has a terminal with tty and none without', async () => {
    assert.match(await output('terminal'), /^terminal\r?\n$/);
    assert.equal(await output('no-terminal'), 'none\n');
  });

  it('reads the end of input at once without stdin, and waits for it with', async () => {
    assert.equal(await output('no-stdin'), 'over\n');
    await space.ready('open-stdin');
  });
});

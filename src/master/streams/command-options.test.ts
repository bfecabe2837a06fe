import assert from 'node:assert/strict';
import { parseAttachOptions, parseExecOptions } from './command-options.ts';

describe('the options of exec and attach', () => {
  const none = { stdin: false, stdout: false, stderr: false, tty: false };
  const cases: [string, object][] = [
    ['stdout=true&stderr=true', { stdout: true, stderr: true }],
    ['stdin=true&stdout=true&stderr=false', { stdin: true, stdout: true }],
    ['stdin=False&stdout=True&tty=FALSE', { stdout: true }],
    ['stdin=1&stdout=1&stderr=1&tty=1', { stdin: true, stdout: true, tty: true }],
  ];
  for (const [query, expected] of cases) {
    it(`are read from "${query}"`, () => {
      assert.deepEqual(parseAttachOptions(new URLSearchParams(query)), { ...none, ...expected });
    });
  }

  it('hold the command line in order', () => {
    const query = new URLSearchParams('command=sh&command=-c&command=echo+a%26b&stdout=true');
    assert.deepEqual(parseExecOptions(query).command, ['sh', '-c', 'echo a&b']);
  });

  for (const query of ['command=ls', 'command=ls&stderr=true&tty=true']) {
    it(`are refused without a stream: ${query}`, () => {
      assert.throws(() => parseExecOptions(new URLSearchParams(query)), { reason: 'BadRequest' });
    });
  }

  it('are refused without a command', () => {
    assert.throws(() => parseExecOptions(new URLSearchParams('stdout=true')), { reason: 'BadRequest' });
  });
});

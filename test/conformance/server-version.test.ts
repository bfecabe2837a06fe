import assert from 'node:assert/strict';
import { conformance } from './lib/conformance.ts';

interface Version {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

conformance('[sig-api-machinery] server version should find the server version [Conformance]', async (context) => {
  const { major, minor, gitVersion } = await context.send<Version>('GET', '/version');
  assert.match(major, /^[0-9]+$/);
  assert.match(minor, /^[0-9]+\+?$/);
  assert.ok(gitVersion.startsWith(`v${major}.${minor.replace('+', '')}.`), gitVersion);
});

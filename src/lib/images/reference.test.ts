import assert from 'node:assert/strict';
import { formatImageReference, parseImageReference } from './reference.ts';

const SHA = `sha256:${'a'.repeat(64)}`;

describe('image references', () => {
  const full: [string, string][] = [
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.25', 'docker.io/library/nginx:1.25'],
    ['pi/app', 'docker.io/pi/app:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/pi/app', 'docker.io/pi/app:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['192.168.77.1:5000/a/b/c:x', '192.168.77.1:5000/a/b/c:x'],
    ['ghcr.io/a__b/c-d--e:v1.0_x', 'ghcr.io/a__b/c-d--e:v1.0_x'],
    [`nginx@${SHA}`, `docker.io/library/nginx@${SHA}`],
    [`r.example.com/nginx:1@${SHA}`, `r.example.com/nginx:1@${SHA}`],
    ['[fd00::1]:5000/app', '[fd00::1]:5000/app:latest'],
  ];
  for (const [text, expected] of full)
    it(`reads ${text} as ${expected}`, () => {
      assert.equal(formatImageReference(parseImageReference(text)), expected);
    });

  const invalid = [
    '',
    ' nginx',
    'Nginx',
    'a b',
    'nginx:',
    'nginx:-x',
    'nginx@sha256:12',
    'a//b',
    'x@y@z',
    '/a',
    'a/',
    'b'.repeat(256),
    'a'.repeat(64),
  ];
  for (const text of invalid)
    it(`refuses "${text.slice(0, 70)}"`, () => {
      assert.throws(() => parseImageReference(text), {
        code: 'InvalidImageName',
        message: /couldn't parse image name/,
      });
    });
});

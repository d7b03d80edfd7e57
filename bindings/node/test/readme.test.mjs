// The program that the package's page begins with.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

test('the program on the page runs', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const [, program] = /```js\n(.*?)```/s.exec(page);
  assert.ok(program.split('\n').length <= 16);
  const folder = mkdtempSync(join(tmpdir(), 'sutler-'));
  const here = program.replace('orders.db', join(folder, 'orders.db'));
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', here], { cwd: import.meta.dirname, timeout: 60_000 });
  assert.match(String(said), /stock does not cover every line/);
  rmSync(folder, { recursive: true });
});

// Generates packages/protocol/gen from proto/. `--check` compares instead of writing, for CI.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const protos = ['events', 'ledger', 'hub'].map((name) => join(root, `proto/swarmledger/v1/${name}.proto`));
const work = mkdtempSync(join(tmpdir(), 'swarmledger-proto-'));
const bin = (name) => join(root, 'node_modules/.bin', name);
try {
  const javascript = join(work, 'swarmledger.js');
  const declarations = join(work, 'swarmledger.d.ts');
  execFileSync(
    bin('pbjs'),
    ['-t', 'static-module', '-w', 'esm', '-r', 'swarmledger', '--no-create', '--no-verify', '--no-delimited'].concat([
      '-p',
      join(root, 'proto'),
      '-o',
      javascript,
      ...protos,
    ]),
    { stdio: 'inherit' },
  );
  execFileSync(bin('pbts'), ['-o', declarations, javascript], { stdio: 'inherit' });
  for (const name of ['swarmledger.js', 'swarmledger.d.ts']) {
    const target = join(root, 'packages/protocol/gen', name);
    const text = readFileSync(join(work, name), 'utf8');
    if (process.argv.includes('--check')) {
      if (readFileSync(target, 'utf8') !== text) {
        process.stderr.write(`packages/protocol/gen/${name} is not what proto/ generates: run "npm run generate"\n`);
        process.exitCode = 1;
      }
    } else {
      mkdirSync(join(root, 'packages/protocol/gen'), { recursive: true });
      writeFileSync(target, text);
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

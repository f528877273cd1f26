import { spawn } from 'node:child_process';
import { cp, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort, stopChild } from '@swarmledger/runtime';
import { checkout, eventually, withFolder } from './cli.ts';

export const keycloakSecret = 'the-secret-of-services-auth';
export const keycloakAdmin = { username: 'admin', password: 'admin-of-this-test' };
/** Its first start compiles itself and makes its database: half a minute on a machine of its own, minutes beside other tests. */
const startMs = 600_000;

export interface TestKeycloak {
  readonly url: string;
  /** Of realm `swarmledger`. */
  readonly issuer: string;
}

/**
 * Why there is no Keycloak to test against: the reason of a skip, on a developer's machine without Java. In CI that is a failure.
 * scripts/test.mjs fetches the server and names it.
 */
export function missingKeycloak(): string | false {
  if (process.env['SWARMLEDGER_KEYCLOAK']) return false;
  const why = process.env['SWARMLEDGER_KEYCLOAK_MISSING'] ?? 'run it with "npm test", which fetches the server';
  return process.env['CI'] ? false : `no Keycloak: ${why}`;
}

/** A real Keycloak with our realm file, in a folder of its own, on a loopback port. */
export async function withKeycloak<T>(body: (keycloak: TestKeycloak) => Promise<T>): Promise<T> {
  const home = process.env['SWARMLEDGER_KEYCLOAK'];
  if (!home) throw new Error(`there is no Keycloak: ${process.env['SWARMLEDGER_KEYCLOAK_MISSING'] ?? 'not fetched'}`);
  return withFolder(async (folder) => {
    await linkTree(home, folder);
    await mkdir(join(folder, 'data/import'), { recursive: true });
    await cp(join(checkout, 'services/auth/keycloak/realm.json'), join(folder, 'data/import/realm.json'));
    const port = await findFreePort();
    const management = await findFreePort();
    const args = ['start-dev', '--import-realm', '--http-host=127.0.0.1', `--http-port=${port}`];
    args.push('--db=dev-mem', '--health-enabled=true', `--http-management-port=${management}`, '--cache=local');
    // `exec` in kc.sh makes the shell the server: one process to stop.
    const child = spawn(join(folder, 'bin/kc.sh'), args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
        KC_BOOTSTRAP_ADMIN_USERNAME: keycloakAdmin.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: keycloakAdmin.password,
        SWARMLEDGER_KEYCLOAK_SECRET: keycloakSecret,
      },
    });
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-8_192)));
    const url = `http://127.0.0.1:${port}`;
    try {
      await eventually(async () => {
        if (child.exitCode !== null) throw new Error('it ended');
        const response = await fetch(`${url}/realms/swarmledger/.well-known/openid-configuration`);
        return response.ok ? true : undefined;
      }, startMs).catch((error: unknown) => {
        throw new Error(`Keycloak does not start (${String(error)}): ${log}`);
      });
      return await body({ url, issuer: `${url}/realms/swarmledger` });
    } finally {
      await stopChild(child, 15_000);
    }
  });
}

/** As a copy, without copying what is only read: what its build step writes is copied. */
async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.name === 'data') continue;
    if (entry.name === 'quarkus' || entry.name === 'conf') await cp(source, target, { recursive: true });
    else if (entry.isDirectory()) await linkTree(source, target);
    else await link(source, target).catch(() => cp(source, target));
  }
}

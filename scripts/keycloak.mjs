// Finds a Keycloak server, or fetches the pinned one from Maven Central into the user's cache: 170 MB, once per machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The newest 26.x that was tried; it runs on Java 17 and newer. */
const version = '26.7.4';
const javaMin = 17;
const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`;
const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'swarmledger');

function run(command, args) {
  return spawnSync(command, args, { stdio: ['ignore', 2, 2], timeout: 900_000 }).status === 0;
}

function javaMajor() {
  const { stderr = '', status } = spawnSync('java', ['-version'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) : 0;
}

/**
 * Folder of a Keycloak server: SWARMLEDGER_KEYCLOAK, the cache, or fetched. Undefined when this machine has no Java 17, no Maven or no
 * way to Maven Central; `reason` says which.
 */
export function ensureKeycloak() {
  if (javaMajor() < javaMin) return { reason: `there is no Java ${javaMin} or newer` };
  const named = process.env.SWARMLEDGER_KEYCLOAK;
  const folder = named || join(cache, `keycloak-${version}`);
  if (existsSync(join(folder, 'bin/kc.sh'))) return { folder };
  if (named) return { reason: `SWARMLEDGER_KEYCLOAK (${named}) is no Keycloak server` };
  process.stderr.write(`setup: fetching Keycloak ${version}\n`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetching-'));
  try {
    const quiet = ['-B', '-q'];
    const fetched =
      run('mvn', [...quiet, `${plugin}:get`, `-Dartifact=${artifact}`, '-Dtransitive=false']) &&
      run('mvn', [...quiet, `${plugin}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${work}`]);
    if (!fetched) return { reason: 'Maven could not fetch it' };
    if (!run('tar', ['-xzf', join(work, `keycloak-quarkus-dist-${version}.tar.gz`), '-C', work]))
      return { reason: 'its archive could not be unpacked' };
    // Renamed in one step, so that a run that was cut off leaves nothing half made.
    if (!existsSync(folder)) renameSync(join(work, `keycloak-${version}`), folder);
    return { folder };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, reason } = ensureKeycloak();
  if (folder === undefined) process.stderr.write(`keycloak: ${reason}\n`);
  else process.stdout.write(`${folder}\n`);
  process.exitCode = folder === undefined ? 1 : 0;
}

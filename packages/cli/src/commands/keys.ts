import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { DataKeyStore, loadKeyWrapper, operatorsTenantName, rotateHubKeys } from '@swarmledger/auth';
import { accountPublicKey, formatOperatorConfig, loadHubKeys, toPublicKey, type HubKeys } from '@swarmledger/bus';
import { ensureMasterKeyFile } from '@swarmledger/encryption';
import { parseTenantId } from '@swarmledger/protocol';
import { PermanentError } from '@swarmledger/runtime';
import { withLedger } from '../hub/connect.ts';
import { findHub, isHubRunning } from '../hub/hub-file.ts';
import { ensureHubKeys, hubCredentialsFile, hubKeysFile, masterKeyFile } from '../hub/hub-keys.ts';
import { writeJson, writeLine, type Io } from '../output/io.ts';
import { readOptions, wholeNumber, type GlobalOptions } from './shared.ts';

const partitionsDefault = 8;
const ownerOnly = 0o600;

export function registerKeys(program: Command, io: Io): void {
  const group = program
    .command('keys')
    .description('the keys behind a hub’s tenants: NATS in operator mode, and the master key of their data keys');
  group
    .command('init')
    .description(
      'make them, the hub’s own credentials, and a configuration for nats-servers that this command does not run',
    )
    .option('--partitions <count>', 'streams of the hub', wholeNumber(1), partitionsDefault)
    .option('--resolver-dir <folder>', 'where those servers keep accounts', '/data/accounts')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions & { readonly partitions: number; readonly resolverDir: string }>(
        command,
      );
      if ((await loadHubKeys(hubKeysFile(options.data))) !== undefined)
        throw new PermanentError(
          'keys_exist',
          `there are keys in ${hubKeysFile(options.data)} already; "keys rotate" makes a new signing key`,
        );
      const keys = await ensureHubKeys(options.data);
      await ensureMasterKeyFile(masterKeyFile(options.data));
      const { partitions, resolverDir } = options;
      const configFile = join(options.data, 'keys', 'operator.conf');
      const text = await formatOperatorConfig(keys, { partitions, resolverDir, revocations: {} });
      await writeFile(configFile, text, { mode: ownerOnly });
      print(keys, options, io);
      if (!options.json) {
        writeLine(
          io,
          `Keys: ${hubKeysFile(options.data)}. Whoever has this file is everybody: keep a copy somewhere safe.`,
        );
        writeLine(
          io,
          `Master key of tenants' data keys: ${masterKeyFile(options.data)}. Without it, what they encrypt is lost.`,
        );
        writeLine(io, `Credentials of the hub's own services: ${hubCredentialsFile(options.data)}`);
        writeLine(io, `Include in a nats-server's configuration: ${configFile}`);
      }
    });
  group
    .command('show')
    .description('their public parts')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions>(command);
      print(await requireKeys(options.data), options, io);
    });
  group
    .command('rotate')
    .description('sign tenants’ users with a new key from now on; no client is dropped')
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions>(command);
      await requireKeys(options.data);
      const hub = await findHub(options.data);
      const running = hub !== undefined && isHubRunning(hub) ? hub : undefined;
      const keys = await withLedger(options.data, io.environment, (ledger) =>
        rotateHubKeys({
          keysFile: hubKeysFile(options.data),
          servers: running?.nats.url,
          partitions: running?.partitions ?? partitionsDefault,
          documents: ledger.tenants.documents,
          operators: parseTenantId(operatorsTenantName),
          clock: Date.now,
        }),
      );
      print(keys, options, io);
    });
  registerRewrap(group, io);
}

function registerRewrap(group: Command, io: Io): void {
  group
    .command('rewrap')
    .description(
      'wrap tenants’ data keys with the first master key of the file, after a new one was put above the others',
    )
    .addOption(
      new Option('--master-key-file <file>', 'one key a line; keys/master.key of the data folder by default').env(
        'SWARMLEDGER_MASTER_KEY_FILE',
      ),
    )
    .action(async (_options: unknown, command: Command) => {
      const options = readOptions<GlobalOptions & { readonly masterKeyFile?: string }>(command);
      const file = options.masterKeyFile ?? masterKeyFile(options.data);
      const wrapper = await loadKeyWrapper(file);
      const rewrapped = await withLedger(options.data, io.environment, async ({ tenants }) => {
        const store = new DataKeyStore({ tenants, wrapper, clock: Date.now });
        let count = 0;
        for (const { id } of await tenants.list()) count += await store.rewrap(id);
        return count;
      });
      if (options.json) writeJson(io, { master_key: wrapper.currentId, rewrapped });
      else
        writeLine(io, `${rewrapped} data key(s) rewrapped; all of them are under master key ${wrapper.currentId} now.`);
    });
}

async function requireKeys(dataDir: string): Promise<HubKeys> {
  const keys = await loadHubKeys(hubKeysFile(dataDir));
  if (keys !== undefined) return keys;
  throw new PermanentError('no_keys', `there are no keys in ${dataDir}: "swarmledger keys init" makes them`);
}

/** Public keys only. */
function print(keys: HubKeys, options: GlobalOptions, io: Io): void {
  const shown = {
    operator: toPublicKey(keys.operatorSeed),
    system_account: toPublicKey(keys.systemAccountSeed),
    hub_account: accountPublicKey(keys),
    signing_keys: keys.signingKeys.map(({ publicKey }) => publicKey),
  };
  if (options.json) {
    writeJson(io, shown);
    return;
  }
  writeLine(io, `operator        ${shown.operator}`);
  writeLine(io, `system account  ${shown.system_account}`);
  writeLine(io, `hub account     ${shown.hub_account}`);
  for (const key of shown.signing_keys) writeLine(io, `signing key     ${key}`);
}

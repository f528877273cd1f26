import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectBus, type BusOptions } from '@swarmledger/bus';
import { openLedger, readLedgerConnection } from '@swarmledger/ledger';
import { openOutbox, type Outbox, type SyncPolicy, type Uplink } from '@swarmledger/outbox';
import { ConfigReader, PermanentError, type Environment, type Logger } from '@swarmledger/runtime';
import { openBusUplink } from '@swarmledger/sdk';
import { openCredentials, openLedgerUplink, readCredentialsConfig } from '@swarmledger/syncer';
import type { GlobalOptions } from '../commands/shared.ts';
import { natsCredentials } from '../hub/connect.ts';
import { findHub, requireHub } from '../hub/hub-file.ts';

export interface SyncOptions extends GlobalOptions {
  readonly outbox?: string;
  readonly direct?: true;
  readonly rate?: number;
  readonly daily?: number;
  readonly compress?: boolean;
}

const partitionsDefault = 8;

/** @throws PermanentError no_outbox when it should be there, and what openOutbox throws */
export async function openOutboxFile(options: SyncOptions, which: 'new' | 'existing'): Promise<Outbox> {
  const file = options.outbox ?? join(options.data, 'outbox.sqlite');
  if (which === 'existing' && !existsSync(file)) {
    throw new PermanentError('no_outbox', `there is no outbox ${file}: name one with --outbox`);
  }
  return openOutbox({ file });
}

/** To the hub that SWARMLEDGER_NATS_URL names, or the one of the data folder: looked up again for every connection. */
export function openUplinkFor(options: SyncOptions, environment: Environment, log: Logger): Uplink {
  if (options.direct) {
    const openDirect = async (): ReturnType<typeof openLedger> => {
      const connection = (await findHub(options.data))?.ledger ?? readLedgerConnection(environment, options.data);
      return openLedger({ connection, log });
    };
    const partitions = Number(environment['SWARMLEDGER_PARTITIONS'] ?? partitionsDefault);
    return openLedgerUplink({ openLedger: openDirect, partitions, autoTenants: true, log });
  }
  return openBusUplink({
    log,
    connect: async () => connectBus({ name: 'sync', log, ...(await findServer(options, environment)) }),
  });
}

async function findServer(
  options: SyncOptions,
  environment: Environment,
): Promise<Pick<BusOptions, 'servers' | 'credentials'>> {
  const servers = environment['SWARMLEDGER_NATS_URL'];
  if (!servers) {
    const hub = await requireHub(options.data);
    return { servers: hub.nats.url, credentials: await natsCredentials(hub) };
  }
  const read = new ConfigReader(environment);
  return { servers, ...(await openCredentials(read.finish(readCredentialsConfig(read)))) };
}

export function readPolicy({ rate, daily, compress }: SyncOptions): Partial<SyncPolicy> {
  return {
    ...(rate === undefined ? {} : { bytesPerSecond: rate }),
    ...(daily === undefined ? {} : { dailyBytesMax: daily }),
    ...(compress === false ? { compress } : {}),
  };
}

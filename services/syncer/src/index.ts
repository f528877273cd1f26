export { openCredentials, readCredentialsConfig, type CredentialsConfig } from './credentials.ts';
export { openLedgerUplink, type LedgerUplinkOptions } from './ledger-uplink.ts';
export { openSyncService, type SyncService, type SyncServiceSettings } from './open-sync-service.ts';
export { loadConfig, type SyncerConfig } from './config.ts';

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The setting that names the tenant of a session; empty: every tenant. chDB takes no custom settings, and this one means nothing else here.
 * Only sessions that are not a reader's may be given it from outside.
 */
export const tenantSetting = 'log_comment';

/**
 * Writes the engine's configuration and returns its path: a row policy on the events table. A filter of our own (additional_table_filters)
 * would not do: the engine evaluates a reader's conditions on rows that such a filter then drops, and `throwIf` tells of them; a row policy
 * is applied first, and through every table function too.
 */
export function writeEngineConfig(folder: string, database: string): string {
  const configDir = join(dirname(folder), 'engine-config');
  mkdirSync(configDir, { recursive: true, mode: 0o700 });
  const usersFile = join(configDir, 'users.xml');
  const filter = `getSetting('${tenantSetting}') = '' OR tenant_id = getSetting('${tenantSetting}')`;
  // The only user that chDB knows; people are told apart by the endpoint.
  const users = `<clickhouse>
  <users>
    <default>
      <password></password>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <databases><${database}><swarm_events><filter>${escapeXml(filter)}</filter></swarm_events></${database}></databases>
    </default>
  </users>
  <profiles><default/></profiles>
  <quotas><default/></quotas>
</clickhouse>
`;
  writeFileSync(usersFile, users, { mode: 0o600 });
  const configFile = join(configDir, 'config.xml');
  const config = `<clickhouse>\n  <users_config>${escapeXml(usersFile)}</users_config>\n</clickhouse>\n`;
  writeFileSync(configFile, config, { mode: 0o600 });
  return configFile;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

import { partitionMapping } from '@swarmledger/protocol';

/** How clients sign in. */
export type ServerAccess =
  /** One account with the partition mapping, one user. */
  | { readonly kind: 'password'; readonly user: string; readonly password: string; readonly partitions: number }
  /** Users with JWTs: the text of `formatOperatorConfig`. */
  | { readonly kind: 'operator'; readonly text: string };

export interface ServerConfig {
  readonly port: number;
  readonly monitoringPort: number;
  readonly storeDir: string;
  readonly access: ServerAccess;
  readonly pidFile: string;
}

/** Text of a configuration file for one loopback server with JetStream. */
export function formatServerConfig(config: ServerConfig): string {
  return `# Written by SwarmLedger at each start.
server_name: swarmledger
host: 127.0.0.1
port: ${config.port}
http: "127.0.0.1:${config.monitoringPort}"
pid_file: ${JSON.stringify(config.pidFile)}
max_payload: 1MB
jetstream {
  store_dir: ${JSON.stringify(config.storeDir)}
}
${config.access.kind === 'operator' ? config.access.text : formatAccount(config.access)}`;
}

function formatAccount(access: Extract<ServerAccess, { readonly kind: 'password' }>): string {
  const { from, to } = partitionMapping(access.partitions);
  return `accounts {
  HUB {
    jetstream: enabled
    users: [ { user: ${JSON.stringify(access.user)}, password: ${JSON.stringify(access.password)} } ]
    mappings: {
      ${JSON.stringify(from)}: ${JSON.stringify(to)}
    }
  }
}
`;
}

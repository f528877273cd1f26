import { partitionMapping } from '@swarmledger/protocol';

export interface ServerConfig {
  readonly port: number;
  readonly monitoringPort: number;
  readonly storeDir: string;
  readonly partitions: number;
  readonly user: string;
  readonly password: string;
  readonly pidFile: string;
}

/** Text of a configuration file for one loopback server: JetStream, one account with the partition mapping, one user. */
export function formatServerConfig(config: ServerConfig): string {
  const { from, to } = partitionMapping(config.partitions);
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
accounts {
  HUB {
    jetstream: enabled
    users: [ { user: ${JSON.stringify(config.user)}, password: ${JSON.stringify(config.password)} } ]
    mappings: {
      ${JSON.stringify(from)}: ${JSON.stringify(to)}
    }
  }
}
`;
}

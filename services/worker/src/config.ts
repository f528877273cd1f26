import { delimiter } from 'node:path';
import { readLedgerConnection, type LedgerConnection } from '@swarmledger/ledger';
import { jobDeadlineMsMax } from '@swarmledger/protocol';
import {
  ConfigReader,
  logLevels,
  readTelemetryConfig,
  type Environment,
  type LogLevel,
  type Secret,
  type TelemetryConfig,
} from '@swarmledger/runtime';
import { sandboxModes, type SandboxMode } from './sandbox.ts';

export interface WorkerConfig {
  readonly nats: {
    readonly servers: string;
    readonly user: string;
    readonly password: Secret | undefined;
    /** A `.creds` file, where NATS runs in operator mode. */
    readonly credentialsFile: string | undefined;
  };
  /** What the project is restored from before the agent starts; undefined: the agent begins in an empty folder. */
  readonly ledger: LedgerConnection | undefined;
  readonly health: { readonly host: string; readonly port: number };
  readonly logLevel: LogLevel;
  readonly telemetry: TelemetryConfig;
  readonly policy: WorkerPolicy;
}

export interface WorkerPolicy {
  /** The agent's program and its arguments. */
  readonly command: readonly string[];
  readonly sandbox: SandboxMode;
  /** Files and folders that the agent may read inside bubblewrap, beside the system and its own program. */
  readonly readable: readonly string[];
  /** Variables of the worker's environment that the agent gets. Nothing else of it does. */
  readonly passedEnvironment: Environment;
  /** Upper bound of one attempt. */
  readonly deadlineMs: number;
  /** From the agent's SIGTERM to its SIGKILL. */
  readonly graceMs: number;
  /** How often a job is tried before it is a dead letter. */
  readonly attemptsMax: number;
  /** Before a failed job is given out again. */
  readonly retryMs: number;
  /** How long to wait for a job before the worker ends without one. */
  readonly idleMs: number;
  /** The job is claimed again this often: well below the consumer's ack_wait of 30 s. */
  readonly heartbeatMs: number;
  /** Without a connection for this long somebody else may have the job. */
  readonly claimLostMs: number;
  /** For the ledger to have what the agent did. */
  readonly commitMs: number;
  /** Where the agent's folders are made. */
  readonly workFolder: string;
}

/** Variables that an agent may need and that are no secret. */
const harmlessNames = ['PATH', 'LANG', 'LC_ALL', 'TZ'] as const;

/** Reads `SWARMLEDGER_…`; see the README for the list. @throws PermanentError invalid_config naming every problem */
export function loadConfig(environment: Environment): WorkerConfig {
  const read = new ConfigReader(environment);
  const restore = read.boolean('SWARMLEDGER_WORKER_RESTORE', false);
  const passed = [...harmlessNames, ...list(read.text('SWARMLEDGER_WORKER_PASS_ENV', ''), ',')];
  for (const name of passed) {
    if (name.startsWith('SWARMLEDGER_'))
      read.problem('SWARMLEDGER_WORKER_PASS_ENV names a variable of SwarmLedger itself');
  }
  return read.finish({
    nats: {
      servers: read.text('SWARMLEDGER_NATS_URL', 'nats://127.0.0.1:4222'),
      user: read.text('SWARMLEDGER_NATS_USER', 'swarmledger'),
      password: read.secret('SWARMLEDGER_NATS_PASSWORD'),
      credentialsFile: read.optionalText('SWARMLEDGER_NATS_CREDENTIALS'),
    },
    ledger: restore
      ? read.include(() => readLedgerConnection(environment, read.text('SWARMLEDGER_DATA', '.swarmledger')))
      : undefined,
    health: {
      host: read.text('SWARMLEDGER_HEALTH_HOST', '127.0.0.1'),
      port: read.integer('SWARMLEDGER_HEALTH_PORT', 8_091, { min: 0, max: 65_535 }),
    },
    logLevel: read.oneOf('SWARMLEDGER_LOG_LEVEL', logLevels, 'info'),
    telemetry: read.include(() => readTelemetryConfig(environment)),
    policy: {
      command: parseCommand(read),
      sandbox: read.oneOf('SWARMLEDGER_WORKER_SANDBOX', sandboxModes, 'auto'),
      readable: list(read.text('SWARMLEDGER_WORKER_READABLE', ''), delimiter),
      passedEnvironment: Object.fromEntries(passed.map((name) => [name, environment[name]])),
      deadlineMs: read.integer('SWARMLEDGER_WORKER_DEADLINE_MS', 3_600_000, { min: 100, max: jobDeadlineMsMax }),
      graceMs: read.integer('SWARMLEDGER_WORKER_GRACE_MS', 3_000, { min: 0, max: 60_000 }),
      attemptsMax: read.integer('SWARMLEDGER_WORKER_ATTEMPTS', 3, { min: 1, max: 100 }),
      retryMs: read.integer('SWARMLEDGER_WORKER_RETRY_MS', 10_000, { min: 0, max: 3_600_000 }),
      idleMs: read.integer('SWARMLEDGER_WORKER_IDLE_MS', 10_000, { min: 0, max: 86_400_000 }),
      heartbeatMs: 8_000,
      claimLostMs: 20_000,
      commitMs: read.integer('SWARMLEDGER_WORKER_COMMIT_MS', 120_000, { min: 1_000, max: 3_600_000 }),
      workFolder: read.text('SWARMLEDGER_WORKER_FOLDER', '/tmp'),
    },
  });
}

function parseCommand(read: ConfigReader): readonly string[] {
  const text = read.text('SWARMLEDGER_WORKER_COMMAND');
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string' && part !== '')) {
      return value as readonly string[];
    }
  } catch {
    // Named below.
  }
  if (text !== '')
    read.problem('SWARMLEDGER_WORKER_COMMAND is not a JSON list of texts, such as ["node", "/agent/run.mjs"]');
  return [];
}

function list(text: string, separator: string): readonly string[] {
  return text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export { loadConfig, type WorkerConfig, type WorkerPolicy } from './config.ts';
export { openWorker, type Worker, type WorkerDependencies } from './open-worker.ts';
export type { JobResult } from './run-job.ts';
export { sandboxModes, type SandboxMode } from './sandbox.ts';

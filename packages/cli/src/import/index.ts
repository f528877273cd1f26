export type { EventGroup } from './event-group.ts';
export type { ImportTarget } from './target.ts';
export { readGitHistory, type GitHistoryOptions, type IllegalPath } from './git/read-git-history.ts';
export { describeGitHistory, type GitHistoryDescription } from './git/describe.ts';
export { listGitTree, type GitTreeEntry } from './git/tree.ts';
export { readTrajectory, type TrajectoryOptions } from './trajectory/read-trajectory.ts';
export { trajectoryName } from './trajectory/load-trajectory.ts';
export { readNdjson, type BadLine, type NdjsonOptions } from './ndjson/read-ndjson.ts';
